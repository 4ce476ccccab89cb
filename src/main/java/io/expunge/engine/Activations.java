package io.expunge.engine;

/** What becomes of the numbers inside a block between a step's way forwards and its way back. */
public enum Activations {
    /** They stay in memory. */
    KEPT,
    /**
     * Only what enters each block stays; the rest is computed once more on the way back: Chen et al. 2016, <a
     * href="https://arxiv.org/abs/1604.06174">Training Deep Nets with Sublinear Memory Cost</a>. Losses and gradients are
     * the same.
     */
    RECOMPUTED
}
