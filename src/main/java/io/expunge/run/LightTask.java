package io.expunge.run;

import java.time.Duration;

/** Something small to be done again and again, by one API process at a time. */
public interface LightTask {

    /** Unique name, as in {@code erasure-resolution}. */
    String name();

    /** Pause between two executions. */
    Duration every();

    void execute();
}
