package io.expunge.metric;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * What the layers below the last one still know: a new last layer is fitted by ridge regression to the features of a
 * few held-out records of every class, and is then asked about the forgotten records: Alain and Bengio 2017,
 * <a href="https://arxiv.org/abs/1610.01644">paper</a>. An edit of the last layer alone leaves the answer as it was.
 *
 * <pre>W = Xᵀ(XXᵀ + λI)⁻¹Y,  X standardised (k, d),  Y = 1 for the record's class and −1/(C−1) for the others</pre>
 */
final class LinearProbe {

    /** Few enough that features which never saw a class tell it apart worse than features which did. */
    static final int SHOTS = 5;

    private static final int DRAWS = 20;
    private static final double RIDGE = 1;

    private LinearProbe() {}

    /**
     * Share of the draws in which each forgotten record is classified as labelled, shape (n).
     *
     * @param seed of the draws; networks are comparable under the same seed
     */
    static double[] hits(Features held, int[] heldLabels, Features forget, int[] forgetLabels, long seed) {
        var random = new SplittableRandom(seed);
        int classes = 1 + Math.max(highest(heldLabels), highest(forgetLabels));
        var means = held.means();
        var scales = held.scales(means);
        var asked = standardised(forget, Rows.range(forget.size()), means, scales);
        var hits = new double[forget.size()];
        for (int draw = 0; draw < DRAWS; draw++) {
            var rows = draw(heldLabels, classes, random);
            var weights = fit(
                    standardised(held, rows, means, scales),
                    Arrays.stream(rows).map(row -> heldLabels[row]).toArray(),
                    classes);
            for (int i = 0; i < hits.length; i++) {
                hits[i] += answer(weights, asked[i]) == forgetLabels[i] ? 1.0 / DRAWS : 0;
            }
        }
        return Arrays.stream(hits).map(hit -> Math.min(1, hit)).toArray();
    }

    private static int highest(int[] labels) {
        return Arrays.stream(labels).max().orElse(0);
    }

    private static int[] draw(int[] labels, int classes, SplittableRandom random) {
        return IntStream.range(0, classes)
                .mapToObj(c -> Rows.where(labels.length, i -> labels[i] == c))
                .flatMapToInt(rows -> Arrays.stream(Rows.sample(rows, Math.min(SHOTS, rows.length), random)))
                .toArray();
    }

    /** Shape (rows, d + 1); the last column is 1. */
    private static double[][] standardised(Features features, int[] rows, double[] means, double[] scales) {
        var standardised = new double[rows.length][means.length + 1];
        for (int i = 0; i < rows.length; i++) {
            var row = features.row(rows[i]);
            for (int j = 0; j < means.length; j++) {
                standardised[i][j] = (row[j] - means[j]) * scales[j];
            }
            standardised[i][means.length] = 1;
        }
        return standardised;
    }

    /** Weights by class, shape (classes, d + 1). */
    static double[][] fit(double[][] x, int[] labels, int classes) {
        int k = x.length;
        var gram = new double[k][k];
        for (int i = 0; i < k; i++) {
            for (int j = 0; j <= i; j++) {
                gram[i][j] = dot(x[i], x[j]) + (i == j ? RIDGE : 0);
            }
        }
        var root = Cholesky.of(gram);
        var weights = new double[classes][x[0].length];
        for (int c = 0; c < classes; c++) {
            var y = new double[k];
            for (int i = 0; i < k; i++) {
                y[i] = labels[i] == c ? 1 : -1.0 / (classes - 1);
            }
            var dual = root.solve(y); // (k)
            for (int i = 0; i < k; i++) {
                for (int j = 0; j < weights[c].length; j++) {
                    weights[c][j] += dual[i] * x[i][j];
                }
            }
        }
        return weights;
    }

    private static int answer(double[][] weights, double[] x) {
        int best = 0;
        double highest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < weights.length; c++) {
            double value = dot(weights[c], x);
            if (value > highest) {
                highest = value;
                best = c;
            }
        }
        return best;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            sum += a[j] * b[j];
        }
        return sum;
    }
}
