package io.expunge.influence;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.expunge.engine.Examples;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.engine.ProjectedGradients;
import io.expunge.engine.Seeds;
import io.expunge.engine.Space;
import io.expunge.metric.Outputs;
import java.util.Arrays;
import java.util.Map;
import org.hipparchus.exception.MathIllegalArgumentException;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.CholeskyDecomposition;
import org.hipparchus.linear.RealMatrix;

/**
 * TRAK: Park et al., <a href="https://arxiv.org/abs/2303.14186">TRAK: Attributing Model Behavior at Scale</a>, 2023, from few
 * models. With φ the projected gradient of the margin, p the label's probability and R the diagonal of p(1 − p),
 *
 * <pre>τ_i(x) = mean_m[ φ_m(x)ᵀ (Φ_mᵀR_mΦ_m + λI)⁻¹ φ_m(x_i) ] · mean_m[ 1 − p_m(x_i) ]</pre>
 *
 * The paper leaves R out in the end, which is no matter for an order but is for a scale. Here it stays, and nothing is divided
 * by a scale of its own, so that τ counts in margins: without F a model is predicted to say f(x) − Σ_{i∈F} τ_i(x). There is no
 * soft threshold.
 */
public final class Trak implements AutoCloseable {

    private final Space space = new Space();
    private final NetworkArchitecture architecture;
    private final Examples train;
    private final Examples points;
    private final int dimensions;
    private final double ridge;
    private final NDArray sum;
    private final double[] doubt;
    private int models;

    /**
     * Begins with no model.
     *
     * @param train the n examples that outputs are attributed to
     * @param points whose margins are explained
     * @param dimensions of the projection, k
     * @param ridge λ, above 0; n times the weight decay is the curvature that the training itself had
     */
    public Trak(NetworkArchitecture architecture, Examples train, Examples points, int dimensions, double ridge) {
        if (!(ridge > 0)) {
            throw new IllegalArgumentException("ridge must be above 0 but was " + ridge);
        }
        this.architecture = architecture;
        this.train = train;
        this.points = points;
        this.dimensions = dimensions;
        this.ridge = ridge;
        this.sum = space.manager().zeros(new Shape(train.size(), points.size()));
        this.doubt = new double[train.size()];
    }

    public int models() {
        return models;
    }

    /**
     * Adds a model.
     *
     * @param weights as {@link io.expunge.engine.Network} has them
     * @param logits that it gives the training examples, n × classes
     * @param seed of its projection; another for each model
     * @throws IllegalArgumentException if the ridge is too small beside the rounding of the gradients
     */
    public void add(Map<String, float[]> weights, float[][] logits, long seed) {
        var gradients = new ProjectedGradients(architecture, dimensions, Seeds.derive(seed, 0));
        var there = gradients.ofMargins(weights, train);
        var here = gradients.ofMargins(weights, points);
        var confidences = new Outputs(logits, train.labels()).confidences();
        try (var scratch = space.manager().newSubManager()) {
            sum.tempAttach(scratch);
            var features = matrix(there, scratch);
            var gram = features.transpose()
                    .matMul(features.mul(scratch.create(curvature(confidences), new Shape(confidences.length, 1))))
                    .toFloatArray();
            sum.addi(features.matMul(matrix(solved(gram, here), scratch)));
        }
        for (int i = 0; i < doubt.length; i++) {
            doubt[i] += 1 - confidences[i];
        }
        models++;
    }

    /**
     * The attribution.
     *
     * @return τ, examples × points
     * @throws IllegalStateException if no model was added
     */
    public float[][] scores() {
        if (models == 0) {
            throw new IllegalStateException("no model was added");
        }
        var all = sum.toFloatArray();
        int width = points.size();
        var scores = new float[doubt.length][];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = Arrays.copyOfRange(all, i * width, (i + 1) * width);
            for (int x = 0; x < width; x++) {
                scores[i][x] *= (float) (doubt[i] / models / models);
            }
        }
        return scores;
    }

    private static float[] curvature(double[] confidences) {
        var curvature = new float[confidences.length];
        for (int i = 0; i < curvature.length; i++) {
            curvature[i] = (float) (confidences[i] * (1 - confidences[i]));
        }
        return curvature;
    }

    /** (G + λI)⁻¹ Φᵀ for the features of the points, k × points. */
    private float[][] solved(float[] gram, float[][] features) {
        var matrix = new Array2DRowRealMatrix(dimensions, dimensions);
        for (int a = 0; a < dimensions; a++) {
            for (int b = 0; b <= a; b++) {
                double entry = gram[a * dimensions + b] + (a == b ? ridge : 0);
                matrix.setEntry(a, b, entry);
                matrix.setEntry(b, a, entry);
            }
        }
        var right = new Array2DRowRealMatrix(dimensions, features.length);
        for (int x = 0; x < features.length; x++) {
            for (int a = 0; a < dimensions; a++) {
                right.setEntry(a, x, features[x][a]);
            }
        }
        var solution = decomposed(matrix).getSolver().solve(right);
        var rows = new float[dimensions][features.length];
        for (int a = 0; a < dimensions; a++) {
            for (int x = 0; x < features.length; x++) {
                rows[a][x] = (float) solution.getEntry(a, x);
            }
        }
        return rows;
    }

    private static CholeskyDecomposition decomposed(RealMatrix matrix) {
        try {
            return new CholeskyDecomposition(matrix, 1e-6, 0);
        } catch (MathIllegalArgumentException e) {
            throw new IllegalArgumentException("ridge is too small for rounding", e);
        }
    }

    private static NDArray matrix(float[][] rows, NDManager manager) {
        int width = rows[0].length;
        var all = new float[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, all, i * width, width);
        }
        return manager.create(all, new Shape(rows.length, width));
    }

    @Override
    public void close() {
        space.close();
    }
}
