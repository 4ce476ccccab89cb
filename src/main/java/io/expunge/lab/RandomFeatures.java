package io.expunge.lab;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Records with yes-or-no labels behind fixed random features, for models p(y = 1 | x) = σ(θᵀ ReLU(W x)).
 *
 * @param features row i is ReLU(W xᵢ)
 * @param labels row i's y
 */
record RandomFeatures(double[][] features, boolean[] labels) {

    /** x ~ N(μ·1, I) in R^d with p(y = 1 | x) = σ((x − μ·1)ᵀ θ + b) and θ = (t/√d)·1. */
    record Source(double mean, double slope, double intercept) {

        /**
         * Draws records.
         *
         * @param weights W, one row for each feature
         */
        RandomFeatures draw(int count, double[][] weights, RandomGenerator random) {
            int dimensions = weights[0].length;
            var features = new double[count][];
            var labels = new boolean[count];
            for (int i = 0; i < count; i++) {
                var x = new double[dimensions];
                double logit = intercept;
                for (int j = 0; j < dimensions; j++) {
                    double deviation = random.nextGaussian();
                    x[j] = mean + deviation;
                    logit += deviation * slope / Math.sqrt(dimensions);
                }
                features[i] = Arrays.stream(weights)
                        .mapToDouble(row -> Math.max(0, dot(row, x)))
                        .toArray();
                labels[i] = random.nextDouble() < 1 / (1 + Math.exp(-logit));
            }
            return new RandomFeatures(features, labels);
        }
    }

    int size() {
        return labels.length;
    }

    RandomFeatures labelled(boolean[] others) {
        return new RandomFeatures(features, others);
    }

    RandomFeatures and(RandomFeatures more) {
        var both = Arrays.copyOf(features, size() + more.size());
        var answers = Arrays.copyOf(labels, both.length);
        System.arraycopy(more.features, 0, both, size(), more.size());
        System.arraycopy(more.labels, 0, answers, size(), more.size());
        return new RandomFeatures(both, answers);
    }

    /** Features with the sign of the label, row-major: a record's NLL is softplus(−row · θ). */
    double[] signed() {
        return IntStream.range(0, size())
                .boxed()
                .flatMapToDouble(i -> Arrays.stream(features[i]).map(feature -> labels[i] ? feature : -feature))
                .toArray();
    }

    /** −log p(y | x) of each record, in nats. */
    double[] negativeLogLikelihoods(double[] theta) {
        return IntStream.range(0, size())
                .mapToDouble(i -> softplus((labels[i] ? -1 : 1) * dot(features[i], theta)))
                .toArray();
    }

    /** Mean over the records of KL(p ‖ q) between the answers of two models, in nats; labels do not count. */
    double divergence(double[] p, double[] q) {
        return Arrays.stream(features)
                .mapToDouble(row -> {
                    double from = dot(row, p);
                    double to = dot(row, q);
                    // with log σ(z) = −softplus(−z) and softplus(−z) = softplus(z) − z
                    return (from - to) / (1 + Math.exp(-from)) - softplus(from) + softplus(to);
                })
                .average()
                .orElseThrow();
    }

    private static double softplus(double z) {
        return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
