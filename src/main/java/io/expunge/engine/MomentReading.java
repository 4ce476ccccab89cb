package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** What second moments are taken over, batch by batch: a model's way from inputs to logits. */
interface MomentReading {

    /** How many batches there are. */
    int batches();

    /** Texts or images of a batch. */
    int examples(int batch);

    /** Tokens of a batch. */
    long tokens(int batch);

    /**
     * Runs the model on a batch.
     *
     * @param space owns every array
     * @param tap sees the linear layers; no weight needs a gradient
     */
    Outputs read(NDManager space, int batch, Tap tap);

    /**
     * What a batch leads to.
     *
     * @param logits shape (predictions, classes)
     * @param gold what each prediction should have been, shape (predictions)
     * @param rows of the inputs of linear layers, with all tokens below one another, that count
     */
    record Outputs(NDArray logits, NDArray gold, long[] rows) {}
}
