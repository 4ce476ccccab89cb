package io.expunge.influence;

import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.ArrayRealVector;
import org.hipparchus.linear.CholeskyDecomposition;
import org.hipparchus.linear.RealMatrix;
import org.hipparchus.linear.RealVector;

/**
 * Ridge regression, where leaving records out has a closed form: with A = XᵀX + λI and w = A⁻¹Xᵀy,
 *
 * <pre>w_{−F} = w + (A − X_FᵀX_F)⁻¹ X_Fᵀ (X_F w − y_F)</pre>
 *
 * is what training without F gives, to rounding. The target of datamodel matching is exact here, so it is the case in which a
 * method can be held against the truth.
 */
public final class RidgeAttribution {

    private final RealMatrix inputs;
    private final RealVector targets;
    private final RealMatrix gram;
    private final RealVector weights;

    /**
     * Fits.
     *
     * @param inputs n × d
     * @param targets n
     * @param penalty λ, above 0
     * @throws IllegalArgumentException if the lengths disagree or the penalty is not above 0
     */
    public RidgeAttribution(double[][] inputs, double[] targets, double penalty) {
        if (inputs.length != targets.length || inputs.length == 0) {
            throw new IllegalArgumentException(
                    inputs.length + " inputs and " + targets.length + " targets do not belong together");
        }
        if (!(penalty > 0)) {
            throw new IllegalArgumentException("the penalty must be above 0 but was " + penalty);
        }
        this.inputs = new Array2DRowRealMatrix(inputs);
        this.targets = new ArrayRealVector(targets);
        var identity = org.hipparchus.linear.MatrixUtils.createRealIdentityMatrix(inputs[0].length);
        this.gram = this.inputs.transposeMultiply(this.inputs).add(identity.scalarMultiply(penalty));
        this.weights = solve(gram, this.inputs.transpose().operate(this.targets));
    }

    /** w, d numbers. */
    public double[] weights() {
        return weights.toArray();
    }

    /** The weights of a training without these records, d numbers. */
    public double[] without(int[] rows) {
        var left = inputs.getSubMatrix(rows, columns());
        var wrong = left.operate(weights).subtract(new ArrayRealVector(rows.length).add(targets(rows)));
        var rest = gram.subtract(left.transposeMultiply(left));
        return weights.add(solve(rest, left.transpose().operate(wrong))).toArray();
    }

    /** What a training without these records says of each input, m numbers. */
    public double[] predictedWithout(int[] rows, double[][] points) {
        return new Array2DRowRealMatrix(points).operate(without(rows));
    }

    private RealVector targets(int[] rows) {
        var some = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            some[i] = targets.getEntry(rows[i]);
        }
        return new ArrayRealVector(some, false);
    }

    private int[] columns() {
        var all = new int[inputs.getColumnDimension()];
        for (int i = 0; i < all.length; i++) {
            all[i] = i;
        }
        return all;
    }

    private static RealVector solve(RealMatrix matrix, RealVector right) {
        return new CholeskyDecomposition(matrix, 1e-10, 1e-12).getSolver().solve(right);
    }
}
