package io.expunge.metric;

/**
 * How much of an answer a language model carries, from its teacher-forced predictions: at every position the true
 * tokens before it are given and the most probable next token is compared with the true one.
 *
 * <p>Both measures take the same array: whether the prediction was right, by position, without prompt and padding. Public
 * code leaves the last position out, the end-of-sequence token, and so shows other figures than code that counts it;
 * the caller has to say which.
 */
public final class Memorisation {

    private Memorisation() {}

    /** What becomes of the last position. */
    public enum LastToken {
        /** Counted, for texts that don't end in a special token. */
        COUNTED,
        /** Left out, as OpenUnlearning does with the end-of-sequence token. */
        DROPPED
    }

    /**
     * Extraction strength: Carlini et al. 2021, as in OpenUnlearning but for one thing.
     *
     * <pre>ES = 1 − k/|y|,  k = min{ k : all predictions at positions k, k+1, … are right }</pre>
     *
     * k = |y| where the last prediction is wrong, and ES = 0. OpenUnlearning's search ends at k = |y| − 1, so that it
     * reports 1/|y| there and never 0.
     *
     * @param right by position, shape (|y|)
     * @return in [0, 1]; 1 where every prediction is right
     * @throws IllegalArgumentException if no position is left
     */
    public static double extractionStrength(boolean[] right, LastToken last) {
        int length = length(right, last);
        int prefix = length;
        while (prefix > 0 && right[prefix - 1]) {
            prefix--;
        }
        return 1 - prefix / (double) length;
    }

    /**
     * Exact memorisation: Tirumala et al. 2022 as in OpenUnlearning, the share of positions with a right prediction.
     *
     * @param right by position, shape (|y|)
     * @return in [0, 1]
     * @throws IllegalArgumentException if no position is left
     */
    public static double exact(boolean[] right, LastToken last) {
        int length = length(right, last);
        int hits = 0;
        for (int i = 0; i < length; i++) {
            hits += right[i] ? 1 : 0;
        }
        return hits / (double) length;
    }

    private static int length(boolean[] right, LastToken last) {
        int length = last == LastToken.DROPPED ? right.length - 1 : right.length;
        if (length < 1) {
            throw new IllegalArgumentException(
                    "right must leave a position to look at but has " + right.length + ", the last one " + last);
        }
        return length;
    }
}
