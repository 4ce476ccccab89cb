package io.expunge.metric;

import java.util.Arrays;

/** What a network answers to labelled examples, and what follows from it; immutable. */
public final class Outputs {

    private final float[][] logits;
    private final int[] labels;
    private final double[] margins;

    /**
     * Copies what a network answered.
     *
     * @param logits shape (n, classes), finite
     * @param labels shape (n), each in [0, classes)
     * @throws IllegalArgumentException if the lengths disagree, a label has no logit, or a logit is not a finite number
     */
    public Outputs(float[][] logits, int[] labels) {
        if (logits.length != labels.length) {
            throw new IllegalArgumentException(logits.length + " rows of logits but " + labels.length + " labels");
        }
        for (int i = 0; i < logits.length; i++) {
            check(i, logits[i], labels[i]);
        }
        this.logits = Arrays.stream(logits).map(float[]::clone).toArray(float[][]::new);
        this.labels = labels.clone();
        this.margins = new double[labels.length];
        for (int i = 0; i < margins.length; i++) {
            margins[i] = logits[i][labels[i]] - logSumExp(logits[i], labels[i]);
        }
    }

    /** How many examples. */
    public int size() {
        return labels.length;
    }

    public int[] labels() {
        return labels.clone();
    }

    /** 1 where the highest logit is the label's, the first of equal ones counting as highest; else 0. */
    public double[] hits() {
        var hits = new double[size()];
        for (int i = 0; i < hits.length; i++) {
            hits[i] = highest(logits[i]) == labels[i] ? 1 : 0;
        }
        return hits;
    }

    /** Share of the examples that are classified as labelled; NaN if there is none. */
    public double accuracy() {
        return Arrays.stream(hits()).average().orElse(Double.NaN);
    }

    /** Unlearning accuracy, 1 − {@link #accuracy()}: Jia et al. 2023, <a href="https://arxiv.org/abs/2304.04934">paper</a>. */
    public double unlearningAccuracy() {
        return 1 - accuracy();
    }

    /**
     * Logit-scaled confidences log(p/(1−p)) of the labels' probabilities p, without ever forming p:
     *
     * <pre>m(x) = z_y − log Σ_{j≠y} exp(z_j)</pre>
     */
    public double[] margins() {
        return margins.clone();
    }

    /** Probabilities of the labels, in [0, 1]. */
    public double[] confidences() {
        return Arrays.stream(margins).map(Outputs::sigmoid).toArray();
    }

    /** −log p of the labels, in nats. */
    public double[] crossEntropies() {
        return Arrays.stream(margins).map(m -> softPlus(-m)).toArray();
    }

    /** Softmax probabilities, shape (n, classes). */
    public double[][] probabilities() {
        var probabilities = new double[size()][];
        for (int i = 0; i < probabilities.length; i++) {
            double norm = logSumExp(logits[i], -1);
            probabilities[i] = new double[logits[i].length];
            for (int j = 0; j < logits[i].length; j++) {
                probabilities[i][j] = Math.exp(logits[i][j] - norm);
            }
        }
        return probabilities;
    }

    /** How much each example looks like {@code label}: z_label − log Σ_{j≠label} exp(z_j), whatever its own label. */
    public double[] marginsOf(int label) {
        return Arrays.stream(logits)
                .mapToDouble(z -> z[label] - logSumExp(z, label))
                .toArray();
    }

    /** The examples at {@code rows}, in that order. */
    public Outputs subset(int[] rows) {
        return new Outputs(
                Arrays.stream(rows).mapToObj(row -> logits[row]).toArray(float[][]::new),
                Arrays.stream(rows).map(row -> labels[row]).toArray());
    }

    private static void check(int row, float[] logits, int label) {
        if (logits.length < 2 || label < 0 || label >= logits.length) {
            throw new IllegalArgumentException(
                    "row " + row + " has " + logits.length + " logits, which cannot hold the label " + label);
        }
        for (float logit : logits) {
            if (!Float.isFinite(logit)) {
                throw new IllegalArgumentException("row " + row + " holds a logit that is not a finite number");
            }
        }
    }

    private static int highest(float[] logits) {
        int best = 0;
        for (int j = 1; j < logits.length; j++) {
            if (logits[j] > logits[best]) {
                best = j;
            }
        }
        return best;
    }

    private static double logSumExp(float[] logits, int without) {
        double highest = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < logits.length; j++) {
            if (j != without) {
                highest = Math.max(highest, logits[j]);
            }
        }
        double sum = 0;
        for (int j = 0; j < logits.length; j++) {
            if (j != without) {
                sum += Math.exp(logits[j] - highest);
            }
        }
        return highest + Math.log(sum);
    }

    private static double sigmoid(double x) {
        return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
    }

    private static double softPlus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }
}
