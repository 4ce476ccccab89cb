package io.expunge.run;

/** How urgent people say a run is, before its deadline is asked. */
enum RunPriority {
    /** After every run that is not low. */
    LOW,
    /** By deadline. */
    NORMAL,
    /** Before every run that is not high; by deadline among these. */
    HIGH
}
