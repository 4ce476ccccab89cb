package io.expunge.metric;

import org.hipparchus.stat.correlation.SpearmansCorrelation;

/**
 * The linear datamodeling score: Park et al., <a href="https://arxiv.org/abs/2303.14186">TRAK</a>, 2023. At each point the rank
 * correlation, over held-out parts of the training data, between what models trained on a part say and what an attribution
 * predicts for it. One model of a part is mostly the noise of its seed; take the mean of several.
 */
public final class LinearDatamodelingScore {

    private LinearDatamodelingScore() {}

    /**
     * Spearman's correlation at every point.
     *
     * @param predicted parts × points, up to a constant at each point
     * @param truth parts × points
     * @return in [−1, 1]; 0 at a point where either never varies
     * @throws IllegalArgumentException if there are fewer than three parts, or the shapes differ
     */
    public static double[] of(double[][] predicted, double[][] truth) {
        Require.between("parts", predicted.length, 3, Integer.MAX_VALUE);
        Require.sameLength("predicted", predicted.length, "truth", truth.length);
        int points = predicted[0].length;
        var scores = new double[points];
        for (int x = 0; x < points; x++) {
            var one = column(predicted, x);
            var other = column(truth, x);
            scores[x] = varies(one) && varies(other) ? new SpearmansCorrelation().correlation(one, other) : 0;
        }
        return scores;
    }

    /** The middle 95 % of the mean over points that are drawn again. */
    public static Interval interval(double[] scores, long seed) {
        return Bootstrap.of(scores.length, seed, rows -> {
            double sum = 0;
            for (int row : rows) {
                sum += scores[row];
            }
            return sum / rows.length;
        });
    }

    private static boolean varies(double[] values) {
        for (double value : values) {
            if (value != values[0]) {
                return true;
            }
        }
        return false;
    }

    private static double[] column(double[][] rows, int point) {
        var column = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            column[i] = rows[i][point];
        }
        return column;
    }
}
