package io.expunge.method;

/** What predicts the outputs of a network that never learned some records. */
public enum Estimator {
    /** Projected gradients of the version alone: Park et al. 2023. */
    TRAK,
    /** Regression on the outputs of many networks of half the data: Ilyas et al. 2022. */
    DATAMODELS
}
