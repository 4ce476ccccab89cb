package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import java.util.Map;

/** A row of optimiser steps over one model, as a session runs them. What a step does depends on its number alone. */
interface Stretch extends AutoCloseable {

    /** What a person is told is under way. */
    String label();

    int epochs();

    int stepsPerEpoch();

    /** How many parts the gradient of a step is added up from; the arrays of one are let go before the next begins. */
    default int parts(long step) {
        return 1;
    }

    /**
     * A scalar with gradients; those of all parts are added up, and so are the parts' values for the step's loss.
     *
     * @param part counted from 0
     */
    NDArray loss(long step, int part);

    /** Carries the gradients of a part's loss on to where the loss itself did not reach. */
    default void back(GradientCollector collector) {}

    /** Examples that the gradients of a step are computed for. */
    int examples(long step);

    /** Tokens that a step reads; 0 where there are none. */
    default long tokens(long step) {
        return 0;
    }

    /** Terms of the last step's loss by name. */
    default Map<String, Double> terms() {
        return Map.of();
    }

    /**
     * Moves the weights and leaves the gradients at zero, so that none leaks into the next step.
     *
     * @param scratch where arrays of this call live
     * @param gradients by tensor
     * @param total steps of the whole stretch
     */
    void move(NDManager scratch, Map<String, NDArray> gradients, long step, long total);

    /** What a checkpoint holds beside the weights, by name. */
    Map<String, NDArray> state();

    /** Told after the state was overwritten from a checkpoint. */
    default void restored() {}

    @Override
    void close();
}
