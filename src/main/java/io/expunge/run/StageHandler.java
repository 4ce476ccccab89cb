package io.expunge.run;

/** Does one stage of runs. A handler ends its stage in {@link StageWork#inTransaction} by moving the run on. */
public interface StageHandler {

    Stage stage();

    /**
     * Works on a run; may be entered again after any failure.
     *
     * @throws Exception to be tried again later; {@link io.expunge.engine.Diverged} to fail the run at once
     */
    void execute(StageWork work) throws Exception;
}
