package io.expunge.lab;

import java.nio.file.Path;
import java.util.Set;

/** Something that is measured on given data, over several seeds. */
public interface Experiment {

    /** What it is called on the command line and in its figures' file. */
    String name();

    /** Whether it reads data sets. */
    default boolean needsData() {
        return true;
    }

    /** Names of the {@link LabOptions} that it takes, as on the command line. */
    default Set<String> takes() {
        return Set.of();
    }

    /** Whether it gives the report a picture. */
    default boolean draws() {
        return false;
    }

    /**
     * Measures and reports.
     *
     * @param data directory of the data sets; any path for an experiment that needs none
     * @param seeds how many independent repetitions, at least 1
     * @throws LabOptions.Refused naming the option that it cannot take
     */
    void run(Path data, int seeds, LabOptions options, Report report);
}
