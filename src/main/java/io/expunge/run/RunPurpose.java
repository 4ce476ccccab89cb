package io.expunge.run;

/** What a run is for. */
public enum RunPurpose {
    TRAINING,
    /** Training anew, in the place of a version, without whom it must not know. */
    RETRAINING,
    UNLEARNING,
    DESTRUCTION,
    /** Models beside the lineage, of which only what they say is kept. */
    ENSEMBLE,
    /** An edit that makes a version recite less, for nobody's request. */
    DEMEMORISATION
}
