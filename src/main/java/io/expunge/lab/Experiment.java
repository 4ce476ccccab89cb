package io.expunge.lab;

import java.nio.file.Path;

/** Something that is measured on given data, over several seeds. */
public interface Experiment {

    /** What it is called on the command line and in its figures' file. */
    String name();

    /**
     * Measures and reports.
     *
     * @param data directory of the data sets
     * @param seeds how many independent repetitions, at least 1
     */
    void run(Path data, int seeds, Report report);
}
