package io.expunge.influence;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.expunge.engine.Space;

/**
 * Which examples many models learned from, as far as regressions of their outputs need it: how often each example and each
 * pair was there. Any number of models takes the memory of n² numbers.
 */
public final class Memberships implements AutoCloseable {

    /** More examples than that take more than a gigabyte for each matrix. */
    public static final int MOST_EXAMPLES = 16_384;

    private static final int MOST_STEPS = 500;
    private static final double ENOUGH = 1e-12;

    private final Space space = new Space();
    private final int examples;
    private final NDArray together;
    private final double[] counts;
    private int models;

    /**
     * Begins with no model.
     *
     * @param examples n
     */
    public Memberships(int examples) {
        if (examples < 2 || examples > MOST_EXAMPLES) {
            throw new IllegalArgumentException(
                    "there must be 2 to " + MOST_EXAMPLES + " examples, but there are " + examples);
        }
        this.examples = examples;
        this.together = space.manager().zeros(new Shape(examples, examples));
        this.counts = new double[examples];
    }

    public int models() {
        return models;
    }

    /**
     * Adds models.
     *
     * @param parts for each model the examples that it learned from, each named once
     */
    public void add(int[][] parts) {
        if (parts.length > 0) {
            try (var scratch = space.manager().newSubManager()) {
                add(parts, scratch);
            }
        }
    }

    /** As above, and gives the memberships, models × examples. */
    NDArray add(int[][] parts, NDManager scratch) {
        var present = new float[parts.length * examples];
        for (int m = 0; m < parts.length; m++) {
            for (int i : parts[m]) {
                present[m * examples + i] = 1;
                counts[i]++;
            }
        }
        var membership = scratch.create(present, new Shape(parts.length, examples));
        together.addi(membership.transpose().matMul(membership));
        models += parts.length;
        return membership;
    }

    double count(int example) {
        return counts[example];
    }

    NDManager manager() {
        return space.manager();
    }

    /** The covariance of memberships, n × n. */
    NDArray covariance(NDManager scratch) {
        try (var inner = scratch.newSubManager()) {
            together.tempAttach(inner);
            var means = shares(inner);
            var covariance = together.div(models).subi(means.matMul(means.transpose()));
            covariance.attach(scratch);
            return covariance;
        }
    }

    /** The share of models that each example was in, n × 1. */
    NDArray shares(NDManager scratch) {
        var shares = new float[examples];
        for (int i = 0; i < examples; i++) {
            shares[i] = (float) (counts[i] / models);
        }
        return scratch.create(shares, new Shape(examples, 1));
    }

    /**
     * What leaving a set of examples out adds to an output, as weights of the models' outputs.
     *
     * <pre>Σ_m w_m f_m,  w = A (AᵀA/M + λ c I)⁻¹ (−1_F) / M</pre>
     *
     * with A the memberships less their means (M models × n), so that the weights add up to 0, and c their mean variance: a
     * ridge regression, of which one system is solved however many outputs there are.
     *
     * @param set F
     * @param share λ, above 0
     * @throws IllegalStateException if there are fewer than two models
     */
    public Leaving leaving(int[] set, double share) {
        try (var scratch = space.manager().newSubManager()) {
            var solution = solution(set, share, scratch);
            var numbers = solution.toFloatArray();
            double centre = solution.mul(shares(scratch)).sum().getFloat();
            return new Leaving(numbers, centre, models);
        }
    }

    /** Weights of models by their parts. */
    public static final class Leaving {

        private final float[] solution;
        private final double centre;
        private final int models;

        private Leaving(float[] solution, double centre, int models) {
            this.solution = solution;
            this.centre = centre;
            this.models = models;
        }

        /** w_m of the model that learned from {@code part}. */
        public double weight(int[] part) {
            double sum = -centre;
            for (int i : part) {
                sum += solution[i];
            }
            return sum / models;
        }
    }

    /** (AᵀA/M + λ c I)⁻¹ (−1_F), n × 1. */
    NDArray solution(int[] set, double share, NDManager scratch) {
        var leaving = new float[examples];
        for (int i : set) {
            leaving[i] = -1;
        }
        return solution(scratch.create(leaving, new Shape(examples, 1)), share, scratch);
    }

    /** (AᵀA/M + λ c I)⁻¹ R, n × systems. */
    NDArray solution(NDArray right, double share, NDManager scratch) {
        if (!(share > 0)) {
            throw new IllegalArgumentException("share must be above 0 but was " + share);
        }
        if (models < 2) {
            throw new IllegalStateException("there must be two models at least");
        }
        double variance = 0;
        for (double count : counts) {
            double part = count / models;
            variance += part * (1 - part) / examples;
        }
        double diagonal = share * variance;
        var covariance = covariance(scratch);
        return ConjugateGradients.solve(
                (vectors, inner) -> {
                    covariance.tempAttach(inner);
                    return covariance.matMul(vectors).add(vectors.mul(diagonal));
                },
                (vectors, inner) -> vectors,
                right,
                MOST_STEPS,
                ENOUGH);
    }

    @Override
    public void close() {
        space.close();
    }
}
