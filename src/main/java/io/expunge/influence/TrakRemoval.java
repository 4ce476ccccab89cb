package io.expunge.influence;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.expunge.engine.Examples;
import io.expunge.engine.Mlp;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.engine.ProjectedGradients;
import io.expunge.engine.Seeds;
import io.expunge.engine.Space;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.CholeskyDecomposition;

/**
 * What leaving whole sets of records out does to every logit, by the model of TRAK (Park et al., <a href="https://arxiv.org/abs/2303.14186">2023</a>),
 * as the mean over networks. TRAK takes a network for linear in its weights, so that training is a logistic regression on
 * projected gradients. For the margin at one point and one record that leaves, one Newton step on two classes is enough, which
 * is {@link Trak}; for all logits and many records that are alike it is not. Here the regression without F is solved,
 *
 * <pre>min_δ Σ_{i∉F} L(z_i + J_iδ, y_i) + gᵀδ + (λ/2)‖δ‖²,   z(x) → z(x) + J(x)δ</pre>
 *
 * with L the cross-entropy, J_i the projected gradients of all logits and g = −Σ_i J_iᵀ∇L(z_i, y_i) over all records, which makes δ =
 * 0 the solution with all of them: what training left undone is not laid on those who leave. Newton's method for all sets at
 * once; each system by conjugate gradients, preconditioned by the curvature at δ = 0.
 */
public final class TrakRemoval {

    private static final int NEWTON_STEPS = 8;
    private static final int HALVINGS = 20;
    private static final double ROUNDING = 1e-6;
    private static final int SOLVER_STEPS = 30;
    private static final double ENOUGH = 1e-6;
    private static final double SYMMETRIC = 1e-6;

    private static final double RIDGE = 10;
    private static final double LEAST_DECAY = 1e-4;
    private static final double LEAST_SHARE = 0.5;

    private final NetworkArchitecture architecture;
    private final Examples train;
    private final Examples points;
    private final int dimensions;
    private final double[] ridges;
    private final double leastShare;
    private final int[][] sets;
    private final float[][][][] sums;
    private int models;

    /**
     * With the ridge that foretold retrained networks best: 10 times what weight decay gave the training (chosen on perceptrons), and for other networks at least half of the mean curvature.
     *
     * @param weightDecay of the training
     */
    public static TrakRemoval recommended(
            NetworkArchitecture architecture,
            double weightDecay,
            Examples train,
            Examples points,
            int dimensions,
            int[]... sets) {
        double ridge = RIDGE * Math.max(LEAST_DECAY, weightDecay) * train.size();
        double share = architecture instanceof Mlp ? 0 : LEAST_SHARE;
        return new TrakRemoval(architecture, train, points, dimensions, new double[] {ridge}, share, sets);
    }

    /** As below, with no other ridge than those of {@code ridges}. */
    public TrakRemoval(
            NetworkArchitecture architecture,
            Examples train,
            Examples points,
            int dimensions,
            double[] ridges,
            int[]... sets) {
        this(architecture, train, points, dimensions, ridges, 0, sets);
    }

    /**
     * Begins with no network.
     *
     * @param train the n examples of the training
     * @param points whose logits are predicted
     * @param dimensions of the projection, k
     * @param ridges values of λ, each above 0; n times the weight decay is the curvature that the training itself had
     * @param leastShare a ridge below this share of the mean curvature in the projected space is raised to it: where there are
     *     far more weights than dimensions, directions of little curvature are mostly noise of the projection
     * @param sets examples that leave together
     */
    private TrakRemoval(
            NetworkArchitecture architecture,
            Examples train,
            Examples points,
            int dimensions,
            double[] ridges,
            double leastShare,
            int[]... sets) {
        for (double ridge : ridges) {
            if (!(ridge > 0)) {
                throw new IllegalArgumentException("ridges must be above 0 but one was " + ridge);
            }
        }
        this.architecture = architecture;
        this.train = train;
        this.points = points;
        this.dimensions = dimensions;
        this.ridges = ridges.clone();
        this.leastShare = leastShare;
        this.sets = Arrays.stream(sets).map(int[]::clone).toArray(int[][]::new);
        this.sums = new float[ridges.length][sets.length][points.size()][architecture.classes()];
    }

    /**
     * Adds a network.
     *
     * @param weights as {@link io.expunge.engine.Network} has them
     * @param logits that it gives the training examples, n × classes
     * @param seed of its projection; another for each network
     */
    public void add(Map<String, float[]> weights, float[][] logits, long seed) {
        add(weights, logits, seed, () -> {});
    }

    /**
     * As above.
     *
     * @param pause called now and then; what it throws ends the work
     */
    public void add(Map<String, float[]> weights, float[][] logits, long seed, Runnable pause) {
        var gradients = new ProjectedGradients(architecture, dimensions, Seeds.derive(seed, 0), pause);
        try (var space = new Space()) {
            var regression = new Regression(gradients, weights, logits, pause, space.manager());
            for (int r = 0; r < ridges.length; r++) {
                var directions = regression.without(ridges[r]);
                for (int f = 0; f < sets.length; f++) {
                    add(sums[r][f], gradients.along(weights, points, directions[f]));
                }
            }
        }
        models++;
    }

    private static void add(float[][] sum, float[][] moved) {
        for (int x = 0; x < moved.length; x++) {
            for (int c = 0; c < moved[x].length; c++) {
                sum[x][c] += moved[x][c];
            }
        }
    }

    /**
     * What is added to the logits when a set leaves.
     *
     * @param ridge place among the ridges
     * @param set place among the sets
     * @return points × classes
     * @throws IllegalStateException if no network was added
     */
    public float[][] shift(int ridge, int set) {
        if (models == 0) {
            throw new IllegalStateException("no network was added");
        }
        var shift = new float[points.size()][];
        for (int x = 0; x < shift.length; x++) {
            shift[x] = sums[ridge][set][x].clone();
            for (int c = 0; c < shift[x].length; c++) {
                shift[x][c] /= models;
            }
        }
        return shift;
    }

    /** One network taken for linear; classes before examples before sets. */
    private final class Regression {

        private final int classes = architecture.classes();
        private final int size = train.size();
        private final NDManager manager;
        private final Runnable pause;
        private final NDArray gradients;
        private final NDArray start;
        private final NDArray labels;
        private final NDArray stays;
        private final NDArray settled;
        private final Array2DRowRealMatrix curvature;

        Regression(
                ProjectedGradients projection,
                Map<String, float[]> weights,
                float[][] logits,
                Runnable pause,
                NDManager manager) {
            this.manager = manager;
            this.pause = pause;
            var all = new float[classes * size * dimensions];
            for (int c = 0; c < classes; c++) {
                var rows = projection.ofLogits(weights, train, c);
                for (int i = 0; i < size; i++) {
                    System.arraycopy(rows[i], 0, all, (c * size + i) * dimensions, dimensions);
                }
            }
            this.gradients = manager.create(all, new Shape((long) classes * size, dimensions));
            var first = new float[classes * size];
            var ones = new float[classes * size];
            var staying = new float[size * sets.length];
            Arrays.fill(staying, 1);
            for (int i = 0; i < size; i++) {
                for (int c = 0; c < classes; c++) {
                    first[c * size + i] = logits[i][c];
                }
                ones[train.labels()[i] * size + i] = 1;
            }
            for (int f = 0; f < sets.length; f++) {
                for (int i : sets[f]) {
                    staying[i * sets.length + f] = 0;
                }
            }
            this.start = manager.create(first, new Shape(classes, size, 1));
            this.labels = manager.create(ones, new Shape(classes, size, 1));
            this.stays = manager.create(staying, new Shape(1, size, sets.length));
            this.settled = back(start.softmax(0).sub(labels));
            this.curvature = curvature();
        }

        /** Jδ, classes × examples × sets. */
        private NDArray along(NDArray delta) {
            return gradients
                    .matMul(delta)
                    .reshape(classes, size, delta.getShape().get(1));
        }

        /** Σ_i J_iᵀ w_i, k × sets. */
        private NDArray back(NDArray weights) {
            return gradients
                    .transpose()
                    .matMul(weights.reshape(
                            (long) classes * size, weights.getShape().get(2)));
        }

        /** δ for each set, sets × k. */
        float[][] without(double asked) {
            double ridge = Math.max(asked, leastShare * curvature.getTrace() / dimensions);
            var inverse = inverse(ridge);
            var delta = manager.zeros(new Shape(dimensions, sets.length));
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
            var rows = new float[sets.length][];
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
            var share = new float[sets.length];
            Arrays.fill(share, 1);
            for (int halving = 0; halving < HALVINGS; halving++) {
                var shares = step.getManager().create(share, new Shape(1, sets.length));
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
            return step.mul(step.getManager().create(share, new Shape(1, sets.length)));
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
                    .reshape(sets.length);
            var all = loss.sub(ConjugateGradients.product(delta, settled).reshape(sets.length))
                    .add(ConjugateGradients.product(delta, delta)
                            .reshape(sets.length)
                            .mul(ridge / 2));
            var numbers = all.toFloatArray();
            var objective = new double[numbers.length];
            Arrays.setAll(objective, f -> numbers[f]);
            return objective;
        }

        /** (Σ_i J_iᵀ(diag p_i − p_ip_iᵀ)J_i + λI)v for each set. */
        private NDArray curved(NDArray said, NDArray vectors, double ridge) {
            var moved = along(vectors);
            var weighted = said.mul(moved);
            return back(weighted.sub(said.mul(weighted.sum(new int[] {0}, true)))
                            .mul(stays))
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
                gradients.tempAttach(scratch);
                start.tempAttach(scratch);
                var said = start.softmax(0);
                var byClass = gradients.reshape(classes, size, dimensions);
                var own = gradients.transpose().matMul(byClass.mul(said).reshape((long) classes * size, dimensions));
                var mean = byClass.mul(said).sum(new int[] {0});
                var all = own.sub(mean.transpose().matMul(mean)).toFloatArray();
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
}
