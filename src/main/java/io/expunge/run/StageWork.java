package io.expunge.run;

import io.expunge.engine.Monitor;
import java.nio.file.Path;

/** A run in the hands of one worker, for one stage. */
public interface StageWork {

    /** The run as it was when the stage was entered. */
    RunView run();

    /** Reports progress, asks for a stop and keeps checkpoints under {@code name} in the workspace. */
    Monitor monitor(String name);

    /** Working files of the run, seen by all workers. */
    Path workspace();

    /**
     * Runs {@code change} in a transaction that holds the run's row.
     *
     * @throws LostLease if another worker has taken the run over; nothing is changed
     */
    void inTransaction(Runnable change);
}
