package io.expunge.method;

/**
 * Outputs that a model is to be tuned towards, for the records of one task: the logits of a network, or of a language model the
 * log odds of each answer, one number a record.
 */
public interface Teacher {

    /** Forget set × outputs, in its order. */
    float[][] onForget();

    /**
     * Of some records of the retain set.
     *
     * @param rows places in the retain set
     * @return rows × outputs
     */
    float[][] onRetain(int[] rows);
}
