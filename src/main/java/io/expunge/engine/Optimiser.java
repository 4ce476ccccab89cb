package io.expunge.engine;

/** What turns gradients into steps. */
public enum Optimiser {
    /** Adam with decoupled weight decay: Loshchilov and Hutter 2019. */
    ADAMW,
    /** Stochastic gradient descent with momentum. */
    SGD
}
