package io.expunge.method;

/** Logits that a network is to be tuned towards, for the records of one task. */
public interface Teacher {

    /** Forget set × classes, in its order. */
    float[][] onForget();

    /**
     * Of some records of the retain set.
     *
     * @param rows places in the retain set
     * @return rows × classes
     */
    float[][] onRetain(int[] rows);
}
