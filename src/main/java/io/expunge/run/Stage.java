package io.expunge.run;

/** What a run does now; each stage is safe to enter twice. */
public enum Stage {
    RESOLVE,
    TRAIN,
    ENSEMBLE,
    DESTROY,
    EDIT,
    MEASURE,
    JUDGE,
    APPROVE,
    PUBLISH
}
