package io.expunge.influence;

import io.expunge.engine.Examples;
import io.expunge.engine.Mlp;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.engine.ProjectedGradients;
import io.expunge.engine.Seeds;
import io.expunge.engine.Space;
import java.util.Arrays;
import java.util.Map;

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
            var ones = new float[train.size()];
            Arrays.fill(ones, 1);
            var training = new LinearTraining(
                    ofAllLogits(gradients, weights),
                    dimensions,
                    new LinearTraining.Outcome(logits, train.labels(), ones),
                    sets,
                    pause,
                    space.manager());
            for (int r = 0; r < ridges.length; r++) {
                var directions = training.without(ridges[r], leastShare);
                for (int f = 0; f < sets.length; f++) {
                    add(sums[r][f], gradients.along(weights, points, directions[f]));
                }
            }
        }
        models++;
    }

    private float[] ofAllLogits(ProjectedGradients projection, Map<String, float[]> weights) {
        int size = train.size();
        var all = new float[architecture.classes() * size * dimensions];
        for (int c = 0; c < architecture.classes(); c++) {
            var rows = projection.ofLogits(weights, train, c);
            for (int i = 0; i < size; i++) {
                System.arraycopy(rows[i], 0, all, (c * size + i) * dimensions, dimensions);
            }
        }
        return all;
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
}
