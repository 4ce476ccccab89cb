package io.expunge.influence;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.CholeskyDecomposition;

/**
 * A training taken for linear in the weights, on projected gradients: what would have come of it without some examples,
 *
 * <pre>min_δ Σ_{i∉F} w_i L(z_i + J_iδ, y_i) + gᵀδ + (λ/2)‖δ‖²</pre>
 *
 * as {@link TrakRemoval} has it, with a weight w_i of each example. Arrays have classes before examples before sets.
 */
final class LinearTraining {

    private static final int NEWTON_STEPS = 8;
    private static final int HALVINGS = 20;
    private static final double ROUNDING = 1e-6;
    private static final int SOLVER_STEPS = 30;
    private static final double ENOUGH = 1e-6;
    private static final double SYMMETRIC = 1e-6;

    private final int classes;
    private final int size;
    private final int dimensions;
    private final int sets;
    private final NDManager manager;
    private final Runnable pause;
    private final NDArray gradients;
    private final NDArray start;
    private final NDArray labels;
    private final NDArray counts;
    private final NDArray stays;
    private final NDArray settled;
    private final Array2DRowRealMatrix curvature;

    /**
     * Examples of a training.
     *
     * @param logits z, examples × classes
     * @param labels y, of each example
     * @param counts w, of each example
     */
    record Outcome(float[][] logits, int[] labels, float[] counts) {}

    /**
     * Takes a training for linear.
     *
     * @param projected J, row-major classes × examples × k
     * @param dimensions k
     * @param sets examples that leave together
     * @param pause called now and then; what it throws ends the work
     * @param manager owns everything
     */
    LinearTraining(
            float[] projected, int dimensions, Outcome outcome, int[][] sets, Runnable pause, NDManager manager) {
        this.manager = manager;
        this.pause = pause;
        this.dimensions = dimensions;
        this.sets = sets.length;
        this.size = outcome.logits().length;
        this.classes = outcome.logits()[0].length;
        this.gradients = manager.create(projected, new Shape((long) classes * size, dimensions));
        var first = new float[classes * size];
        var ones = new float[classes * size];
        var staying = new float[size * sets.length];
        for (int i = 0; i < size; i++) {
            Arrays.fill(staying, i * sets.length, (i + 1) * sets.length, outcome.counts()[i]);
            for (int c = 0; c < classes; c++) {
                first[c * size + i] = outcome.logits()[i][c];
            }
            ones[outcome.labels()[i] * size + i] = 1;
        }
        for (int f = 0; f < sets.length; f++) {
            for (int i : sets[f]) {
                staying[i * sets.length + f] = 0;
            }
        }
        this.start = manager.create(first, new Shape(classes, size, 1));
        this.labels = manager.create(ones, new Shape(classes, size, 1));
        this.counts = manager.create(outcome.counts(), new Shape(1, size, 1));
        this.stays = manager.create(staying, new Shape(1, size, sets.length));
        this.settled = back(start.softmax(0).sub(labels).mul(counts));
        this.curvature = curvature();
    }

    /** Jδ, classes × examples × sets. */
    private NDArray along(NDArray delta) {
        return gradients.matMul(delta).reshape(classes, size, delta.getShape().get(1));
    }

    /** Σ_i J_iᵀ w_i, k × sets. */
    private NDArray back(NDArray weights) {
        return gradients
                .transpose()
                .matMul(weights.reshape(
                        (long) classes * size, weights.getShape().get(2)));
    }

    /**
     * What leaving each set out adds to the projected weights.
     *
     * @param asked λ, above 0
     * @param leastShare a ridge below this share of the mean curvature is raised to it
     * @return δ, sets × k
     */
    float[][] without(double asked, double leastShare) {
        double ridge = Math.max(asked, leastShare * curvature.getTrace() / dimensions);
        var inverse = inverse(ridge);
        var delta = manager.zeros(new Shape(dimensions, sets));
        for (int k = 0; k < NEWTON_STEPS; k++) {
            pause.run();
            try (var scratch = manager.newSubManager()) {
                List.of(gradients, start, labels, stays, settled, inverse, delta)
                        .forEach(array -> array.tempAttach(scratch));
                var said = start.add(along(delta)).softmax(0);
                var uphill = back(said.sub(labels).mul(stays)).sub(settled).add(delta.mul(ridge));
                var step = downhill(delta, solved(said, ridge, inverse, uphill), ridge);
                delta.subi(step);
                if (largest(step) <= ENOUGH * largest(delta)) {
                    break;
                }
            }
        }
        var columns = delta.transpose().toFloatArray();
        var rows = new float[sets][];
        for (int f = 0; f < rows.length; f++) {
            rows[f] = Arrays.copyOfRange(columns, f * dimensions, (f + 1) * dimensions);
        }
        return rows;
    }

    /**
     * The step, halved for each set until what is minimised falls; a network with normalisation layers has gradients so
     * large that a whole step leads where all logits are saturated, and the next one to nowhere.
     */
    private NDArray downhill(NDArray delta, NDArray step, double ridge) {
        var here = objective(delta, ridge);
        var share = new float[sets];
        Arrays.fill(share, 1);
        for (int halving = 0; halving < HALVINGS; halving++) {
            var shares = step.getManager().create(share, new Shape(1, sets));
            var there = objective(delta.sub(step.mul(shares)), ridge);
            boolean falls = true;
            for (int f = 0; f < share.length; f++) {
                if (!(there[f] <= here[f] + ROUNDING * Math.abs(here[f]))) {
                    share[f] = halving == HALVINGS - 1 ? 0 : share[f] / 2;
                    falls = false;
                }
            }
            if (falls) {
                break;
            }
        }
        return step.mul(step.getManager().create(share, new Shape(1, sets)));
    }

    /** What is minimised, for each set. */
    private double[] objective(NDArray delta, double ridge) {
        var loss = start.add(along(delta))
                .logSoftmax(0)
                .mul(labels)
                .sum(new int[] {0}, true)
                .mul(stays)
                .sum(new int[] {1})
                .neg()
                .reshape(sets);
        var all = loss.sub(ConjugateGradients.product(delta, settled).reshape(sets))
                .add(ConjugateGradients.product(delta, delta).reshape(sets).mul(ridge / 2));
        var numbers = all.toFloatArray();
        var objective = new double[numbers.length];
        Arrays.setAll(objective, f -> numbers[f]);
        return objective;
    }

    /** (Σ_i J_iᵀ(diag p_i − p_ip_iᵀ)J_i + λI)v for each set. */
    private NDArray curved(NDArray said, NDArray vectors, double ridge) {
        var moved = along(vectors);
        var weighted = said.mul(moved);
        return back(weighted.sub(said.mul(weighted.sum(new int[] {0}, true))).mul(stays))
                .add(vectors.mul(ridge));
    }

    /** A system for each set side by side. */
    private NDArray solved(NDArray said, double ridge, NDArray inverse, NDArray right) {
        return ConjugateGradients.solve(
                (vectors, scratch) -> {
                    List.of(gradients, stays, said).forEach(array -> array.tempAttach(scratch));
                    return curved(said, vectors, ridge);
                },
                (vectors, scratch) -> {
                    inverse.tempAttach(scratch);
                    return inverse.matMul(vectors);
                },
                right,
                SOLVER_STEPS,
                ENOUGH);
    }

    private static double largest(NDArray columns) {
        return ConjugateGradients.product(columns, columns).max().getFloat();
    }

    /** At δ = 0 with all records and no ridge, k × k. */
    private Array2DRowRealMatrix curvature() {
        var curvature = new Array2DRowRealMatrix(dimensions, dimensions);
        try (var scratch = manager.newSubManager()) {
            List.of(gradients, start, counts).forEach(array -> array.tempAttach(scratch));
            var said = start.softmax(0);
            var byClass = gradients.reshape(classes, size, dimensions);
            var own = gradients
                    .transpose()
                    .matMul(byClass.mul(said).mul(counts).reshape((long) classes * size, dimensions));
            var mean = byClass.mul(said).sum(new int[] {0});
            var all = own.sub(mean.transpose().matMul(mean.mul(counts.reshape(size, 1))))
                    .toFloatArray();
            for (int a = 0; a < dimensions; a++) {
                for (int b = 0; b <= a; b++) {
                    curvature.setEntry(a, b, all[a * dimensions + b]);
                    curvature.setEntry(b, a, all[a * dimensions + b]);
                }
            }
        }
        return curvature;
    }

    private NDArray inverse(double ridge) {
        var ridged = new Array2DRowRealMatrix(curvature.getData());
        for (int a = 0; a < dimensions; a++) {
            ridged.addToEntry(a, a, ridge);
        }
        var inverse =
                new CholeskyDecomposition(ridged, SYMMETRIC, 0).getSolver().getInverse();
        var numbers = new float[dimensions * dimensions];
        for (int a = 0; a < dimensions; a++) {
            for (int b = 0; b < dimensions; b++) {
                numbers[a * dimensions + b] = (float) inverse.getEntry(a, b);
            }
        }
        return manager.create(numbers, new Shape(dimensions, dimensions));
    }
}
