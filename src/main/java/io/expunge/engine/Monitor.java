package io.expunge.engine;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** How long numeric work reports, is stopped and is resumed. Called on the thread that does the work. */
public interface Monitor {

    /** Neither watches nor stops. */
    Monitor NONE = new Monitor() {};

    /**
     * Called once after every optimiser step; must be cheap.
     *
     * @param stage what is under way, such as {@code epoch 3 of 10}
     * @param done steps of the current phase that are behind
     * @param total steps of the current phase
     * @param loss loss of this step
     */
    default void progress(String stage, long done, long total, double loss) {}

    /**
     * Called before {@link #progress} after every optimiser step on texts; must be cheap.
     *
     * @param tokens that the step read
     * @param terms of its loss by name, such as forget and retain, which add up to it; empty where it has but one
     */
    default void read(long tokens, Map<String, Double> terms) {}

    /** Read before every optimiser step; when true, a last checkpoint is offered and {@link Stopped} is thrown. */
    default boolean stopRequested() {
        return false;
    }

    /** A checkpoint that an earlier attempt at the same work left, or empty to begin at the beginning. */
    default Optional<Path> resumeFrom() {
        return Optional.empty();
    }

    /** Called after every optimiser step; the implementation decides, by time, whether to write one. */
    default void checkpoint(long step, CheckpointWriter writer) {}

    /** Called once before {@link Stopped} is thrown, so that nothing is lost; writes by default what the above would. */
    default void lastCheckpoint(long step, CheckpointWriter writer) {
        checkpoint(step, writer);
    }
}
