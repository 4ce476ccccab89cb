package io.expunge.metric;

/**
 * Rounding of weights to few bits and back, the attack of Zhang et al. 2025
 * (<a href="https://arxiv.org/abs/2410.16454">paper</a>): edits smaller than a rounding step vanish and what was
 * forgotten returns. Round to nearest, symmetric, nothing learned from data; rounding twice changes nothing more.
 */
public enum Quantisation {
    /** 8-bit integers −127 … 127 in units of max|w|/127 of the output row; no column is left in 16 bits. */
    INT8 {
        @Override
        int group(int columns) {
            return columns;
        }

        @Override
        double nearest(double share) {
            return Math.rint(share * 127) / 127;
        }
    },
    /** 4-bit integers −7 … 7 in units of max|w|/7 of a block. */
    INT4 {
        @Override
        double nearest(double share) {
            return Math.rint(share * 7) / 7;
        }
    },
    /**
     * 4-bit NormalFloat in units of max|w| of a block: QLoRA, Dettmers et al. 2023,
     * <a href="https://arxiv.org/abs/2305.14314">paper</a> App. E; the blocks' maxima are kept as they are, without
     * double quantisation.
     */
    NF4 {
        @Override
        double nearest(double share) {
            int level = 0;
            while (level < LEVELS.length - 1 && share > (LEVELS[level] + LEVELS[level + 1]) / 2) {
                level++;
            }
            return LEVELS[level];
        }
    };

    /** Consecutive weights that share a scale in 4 bits. */
    public static final int BLOCK = 64;

    private static final double[] LEVELS = {
        -1.0,
        -0.6961928009986877,
        -0.5250730514526367,
        -0.39491748809814453,
        -0.28444138169288635,
        -0.18477343022823334,
        -0.09105003625154495,
        0.0,
        0.07958029955625534,
        0.16093020141124725,
        0.24611230194568634,
        0.33791524171829224,
        0.44070982933044434,
        0.5626170039176941,
        0.7229568362236023,
        1.0
    };

    /** Weights that share a scale, for rows of that many columns. */
    int group(int columns) {
        return BLOCK;
    }

    /** What is kept of w/max|w|, in [−1, 1]. */
    abstract double nearest(double share);

    /**
     * The weights as they are read back.
     *
     * @param weights a matrix of rows by output, shape (rows · columns); not changed. Blocks of 4-bit weights run on from
     *     row to row and the last may be shorter
     * @param columns numbers in a row
     * @return shape (rows · columns)
     * @throws IllegalArgumentException if the weights don't fill whole rows or one is not finite
     */
    public float[] roundTrip(float[] weights, int columns) {
        if (columns < 1 || weights.length % columns != 0) {
            throw new IllegalArgumentException(
                    "weights must fill whole rows of " + columns + " columns but are " + weights.length);
        }
        int group = group(columns);
        var rounded = new float[weights.length];
        for (int from = 0; from < weights.length; from += group) {
            int to = Math.min(from + group, weights.length);
            double most = largest(weights, from, to);
            for (int i = from; i < to && most > 0; i++) {
                rounded[i] = (float) (nearest(weights[i] / most) * most);
            }
        }
        return rounded;
    }

    private static double largest(float[] weights, int from, int to) {
        double most = 0;
        for (int i = from; i < to; i++) {
            if (!Float.isFinite(weights[i])) {
                throw new IllegalArgumentException("weights[" + i + "] must be finite but was " + weights[i]);
            }
            most = Math.max(most, Math.abs(weights[i]));
        }
        return most;
    }
}
