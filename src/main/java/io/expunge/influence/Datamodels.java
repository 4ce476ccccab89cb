package io.expunge.influence;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Datamodels: Ilyas et al., <a href="https://arxiv.org/abs/2202.00622">Predicting Predictions from Training Data</a>, 2022. From
 * many models, each trained on a random part S of n examples, the output at a point is explained by who was in S:
 *
 * <pre>f(x; S) ≈ b(x) + Σ_{i ∈ S} τ_i(x)</pre>
 *
 * so that a model trained without F is predicted to say f(x) − Σ_{i ∈ F} τ_i(x). Two estimators: {@link #differences}, the
 * mean output of models with i less that of models without (Feldman and Zhang 2020), and {@link #lasso}, the regression of the
 * paper, which takes most of its noise away because few examples matter to a point.
 *
 * <p>Only sums over models are kept, so any number of models takes the same memory: n² + n·points numbers.
 */
public final class Datamodels implements AutoCloseable {

    private final Memberships memberships;
    private final int examples;
    private final int points;
    private final NDArray with;
    private final double[] totals;
    private float @Nullable [] shift;

    /**
     * Begins with no model.
     *
     * @param examples n
     * @param points at which outputs are explained
     */
    public Datamodels(int examples, int points) {
        if (examples < 2 || points < 1) {
            throw new IllegalArgumentException("there must be two examples and a point at least");
        }
        this.examples = examples;
        this.points = points;
        this.memberships = new Memberships(examples);
        this.with = memberships.manager().zeros(new Shape(examples, points));
        this.totals = new double[points];
    }

    public int models() {
        return memberships.models();
    }

    /**
     * Adds models.
     *
     * @param parts for each model the examples that it learned from, each named once
     * @param outputs models × points
     * @throws IllegalArgumentException if an output is not finite, or the lengths disagree
     */
    public void add(int[][] parts, float[][] outputs) {
        if (parts.length != outputs.length) {
            throw new IllegalArgumentException(
                    parts.length + " parts and outputs of " + outputs.length + " models do not belong together");
        }
        if (parts.length == 0) {
            return;
        }
        if (shift == null) {
            // sums of numbers about zero lose less
            shift = outputs[0].clone();
        }
        var said = new float[parts.length * points];
        for (int m = 0; m < parts.length; m++) {
            if (outputs[m].length != points) {
                throw new IllegalArgumentException("a model has " + outputs[m].length + " outputs, not " + points);
            }
            for (int x = 0; x < points; x++) {
                float output = outputs[m][x] - shift[x];
                if (!Float.isFinite(output)) {
                    throw new IllegalArgumentException("an output is not a finite number");
                }
                said[m * points + x] = output;
                totals[x] += output;
            }
        }
        try (var scratch = memberships.manager().newSubManager()) {
            var turned = memberships.add(parts, scratch).transpose();
            with.addi(turned.matMul(scratch.create(said, new Shape(parts.length, points))));
        }
    }

    /**
     * Mean output with each example less that without.
     *
     * @return τ, examples × points
     * @throws IllegalStateException if an example was in every model or in none
     */
    public float[][] differences() {
        int models = models();
        var sums = with.toFloatArray();
        var differences = new float[examples][points];
        for (int i = 0; i < examples; i++) {
            double count = memberships.count(i);
            if (count == 0 || count == models) {
                throw new IllegalStateException("example " + i + " was in " + (count == 0 ? "no" : "every")
                        + " model, so nothing can be said of it");
            }
            for (int x = 0; x < points; x++) {
                double sum = sums[i * points + x];
                differences[i][x] = (float) (sum / count - (totals[x] - sum) / (models - count));
            }
        }
        return differences;
    }

    /**
     * The regression min (1/2m) Σ_j (wᵀ1_{S_j} + b − f_j)² + λ‖w‖₁ at every point, by accelerated proximal gradients (Beck and
     * Teboulle 2009).
     *
     * @param share of the smallest penalty that leaves nothing, in (0, 1]; λ = share · λ_max at each point
     * @param steps of the descent
     * @return τ = w, examples × points
     */
    public float[][] lasso(double share, int steps) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("share must be in (0, 1] but was " + share);
        }
        try (var scratch = memberships.manager().newSubManager()) {
            var gram = memberships.covariance(scratch);
            var target = centredTarget(scratch);
            double step = 1 / (largest(gram, scratch) * 1.01);
            var penalty = target.abs().max(new int[] {0}, true).mul(share);
            return rows(descend(gram, target, penalty, step, steps, scratch));
        }
    }

    /**
     * What leaving a set of examples out adds to every output: see {@link Memberships#leaving}. τ itself is never made.
     *
     * @param set examples that leave
     * @param share λ, above 0
     * @return points
     */
    public float[] removed(int[] set, double share) {
        try (var scratch = memberships.manager().newSubManager()) {
            var weights = memberships.solution(set, share, scratch);
            double together = weights.mul(memberships.shares(scratch)).sum().getFloat();
            // without the centred outputs, which take as much memory as all sums
            var removed = weights.transpose().matMul(with).div(models()).toFloatArray();
            for (int x = 0; x < points; x++) {
                removed[x] -= (float) (together * totals[x] / models());
            }
            return removed;
        }
    }

    /**
     * The regression min (1/2m) Σ_j (wᵀ1_{S_j} + b − f_j)² + (λc/2)‖w‖² at every point, with c the mean variance of a
     * membership.
     *
     * @param share λ, above 0
     * @return τ = w, examples × points
     */
    public float[][] ridge(double share) {
        try (var scratch = memberships.manager().newSubManager()) {
            return rows(memberships.solution(centredTarget(scratch), share, scratch));
        }
    }

    private NDArray centredTarget(NDManager scratch) {
        int models = models();
        var averages = new float[points];
        for (int x = 0; x < points; x++) {
            averages[x] = (float) (totals[x] / models);
        }
        try (var inner = scratch.newSubManager()) {
            with.tempAttach(inner);
            var target = with.div(models)
                    .subi(memberships.shares(inner).matMul(inner.create(averages, new Shape(1, points))));
            target.attach(scratch);
            return target;
        }
    }

    /** The largest eigenvalue, by power iteration from a fixed start. */
    private double largest(NDArray gram, NDManager scratch) {
        var start = new float[examples];
        for (int i = 0; i < examples; i++) {
            start[i] = 1 + (i % 7) * 0.1f - (i % 2) * 2;
        }
        double size = 0;
        var vector = scratch.create(start, new Shape(examples, 1));
        for (int k = 0; k < 50; k++) {
            var next = gram.matMul(vector);
            size = next.norm().getFloat();
            if (size == 0) {
                return 1;
            }
            vector = next.div(size);
        }
        return size;
    }

    private static NDArray descend(
            NDArray gram, NDArray target, NDArray penalty, double step, int steps, NDManager scratch) {
        var weights = scratch.zeros(target.getShape());
        var ahead = weights;
        double momentum = 1;
        for (int k = 0; k < steps; k++) {
            try (var inner = scratch.newSubManager()) {
                ahead.tempAttach(inner);
                var moved = ahead.sub(gram.matMul(ahead).sub(target).mul(step));
                var shrunk = moved.sign().mul(moved.abs().sub(penalty.mul(step)).maximum(0));
                double next = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
                var further = shrunk.add(shrunk.sub(weights).mul((momentum - 1) / next));
                shrunk.attach(scratch);
                further.attach(scratch);
                var before = weights;
                var aheadBefore = ahead;
                weights = shrunk;
                ahead = further;
                momentum = next;
                before.close();
                if (aheadBefore != before) {
                    aheadBefore.attach(inner);
                }
            }
        }
        return weights;
    }

    private float[][] rows(NDArray weights) {
        var all = weights.toFloatArray();
        var rows = new float[examples][];
        for (int i = 0; i < examples; i++) {
            rows[i] = Arrays.copyOfRange(all, i * points, (i + 1) * points);
        }
        return rows;
    }

    /**
     * What is explained of models trained on these parts, but for a constant at each point.
     *
     * @param attribution τ, examples × points
     * @return Σ_{i ∈ S} τ_i(x), parts × points
     */
    public static double[][] predicted(float[][] attribution, int[][] parts) {
        var predicted = new double[parts.length][attribution[0].length];
        for (int s = 0; s < parts.length; s++) {
            for (int i : parts[s]) {
                for (int x = 0; x < predicted[s].length; x++) {
                    predicted[s][x] += attribution[i][x];
                }
            }
        }
        return predicted;
    }

    @Override
    public void close() {
        memberships.close();
    }
}
