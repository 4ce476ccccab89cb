package io.expunge.engine;

import ai.djl.ndarray.NDArray;

/**
 * Some examples on the device; lives until the end of the step that drew it.
 *
 * @param inputs fp32, shape (n, example shape…)
 * @param labels int64, shape (n)
 * @param rows their places in the source that they were drawn from, int64, shape (n)
 */
public record Batch(NDArray inputs, NDArray labels, NDArray rows, int size) {}
