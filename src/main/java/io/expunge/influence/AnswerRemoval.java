package io.expunge.influence;

import io.expunge.engine.LanguageModel;
import io.expunge.engine.Seeds;
import io.expunge.engine.Sequences;
import io.expunge.engine.Space;
import io.expunge.engine.TextGradients;
import java.util.Arrays;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.EigenDecompositionSymmetric;
import org.hipparchus.linear.RealMatrix;

/**
 * What leaving texts out does to the log odds of every answer that a language model learned ({@link
 * io.expunge.engine.LogOdds}), by the model of TRAK (Park et al., <a href="https://arxiv.org/abs/2303.14186">2023</a>): its
 * weights are taken for those of a linear regression on projected gradients, as in {@link TrakRemoval}.
 *
 * <p>The loss of a text is the sum of −log p over its |y| tokens, which is |y| log(1 + exp(−z)) at z = log p/(1 − p) with p their
 * geometric mean: a logistic regression of two classes, the answer and all else, in which a text counts as often as it has
 * tokens. That one number stands for all tokens of an answer is the approximation here.
 *
 * <p>How far a training of few steps moves the weights is unknown to the regression; its ridge λ stands for that, and the texts
 * that were never learned tell it. With H = Σ_i w_i p_i(1 − p_i)φ_iφ_iᵀ + λI, leaving text i alone out gives in one step
 *
 * <pre>z_i − h_i w_i(1 − p_i) / (1 − h_i w_i p_i(1 − p_i)),   h_i = φ_iᵀH⁻¹φ_i</pre>
 *
 * and λ is where the mean of that over all texts is the mean log odds of the texts that were held out.
 */
public final class AnswerRemoval {

    /** Of the trace of the curvature: with less, a text alone would take the model with it. */
    private static final double LEAST_RIDGE = 0.02;

    private static final double MOST_RIDGE = 10;

    /** Where no text was held out; measured on TOFU's texts. */
    private static final double USUAL_RIDGE = 0.06;

    private static final int HALVINGS = 40;

    private final int texts;
    private final int dimensions;
    private final float[] projected;
    private final LinearTraining.Outcome outcome;
    private final double ridge;
    private final Runnable pause;

    /**
     * Projects the gradients of all texts.
     *
     * @param model the version, unedited
     * @param learned the n texts of its training
     * @param heldOut texts of the same kind that it never learned from; may be none
     * @param dimensions of the projection, k
     * @param seed of the projection
     * @param pause called now and then; what it throws ends the work
     */
    public AnswerRemoval(
            LanguageModel model, Sequences learned, Sequences heldOut, int dimensions, long seed, Runnable pause) {
        this.texts = learned.size();
        this.dimensions = dimensions;
        this.pause = pause;
        // the second class's logit is always 0, and so are its gradients
        this.projected = new float[2 * texts * dimensions];
        var rows = new TextGradients(model, dimensions, Seeds.derive(seed, 0), pause).ofLogOdds(learned);
        var odds = model.logOdds(learned);
        var logits = new float[texts][2];
        var counts = new float[texts];
        float perText = (float) learned.all().stream()
                .mapToInt(Sequences.Sequence::answerLength)
                .average()
                .orElseThrow();
        for (int i = 0; i < texts; i++) {
            System.arraycopy(rows[i], 0, projected, i * dimensions, dimensions);
            logits[i][0] = odds[i][0];
            counts[i] = learned.get(i).answerLength() / perText;
        }
        this.outcome = new LinearTraining.Outcome(logits, new int[texts], counts);
        this.ridge = ridge(new Leverage(rows, odds, counts), model.logOdds(heldOut));
    }

    private static double ridge(Leverage leverage, float[][] heldOut) {
        if (heldOut.length == 0) {
            return USUAL_RIDGE * leverage.trace();
        }
        double wanted =
                Arrays.stream(heldOut).mapToDouble(row -> row[0]).average().orElseThrow();
        double low = Math.log(LEAST_RIDGE * leverage.trace());
        double high = Math.log(MOST_RIDGE * leverage.trace());
        for (int halving = 0; halving < HALVINGS; halving++) {
            double middle = (low + high) / 2;
            if (leverage.leftOut(Math.exp(middle)) < wanted) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return Math.exp(high);
    }

    /**
     * What the model would say without some texts.
     *
     * @param set places among the texts
     * @return log odds of the n texts
     */
    public float[] without(int[] set) {
        try (var space = new Space()) {
            var training =
                    new LinearTraining(projected, dimensions, outcome, new int[][] {set}, pause, space.manager());
            var direction = training.without(ridge, 0)[0];
            var odds = new float[texts];
            for (int i = 0; i < texts; i++) {
                odds[i] = outcome.logits()[i][0];
                for (int d = 0; d < dimensions; d++) {
                    odds[i] += projected[i * dimensions + d] * direction[d];
                }
            }
            return odds;
        }
    }

    /** What each text has to say in its own log odds. */
    private static final class Leverage {

        private final float[][] odds;
        private final float[] counts;
        private final double[] eigenvalues;
        /** (φ_iᵀv_j)², texts × k. */
        private final double[][] squares;

        Leverage(float[][] rows, float[][] odds, float[] counts) {
            this.odds = odds;
            this.counts = counts;
            var eigen = new EigenDecompositionSymmetric(curvature(rows));
            this.eigenvalues = eigen.getEigenvalues();
            var along = matrix(rows).multiply(eigen.getV());
            this.squares = along.getData();
            for (var row : squares) {
                Arrays.setAll(row, j -> row[j] * row[j]);
            }
        }

        private RealMatrix curvature(float[][] rows) {
            var weighted = matrix(rows);
            for (int i = 0; i < rows.length; i++) {
                double weight = Math.sqrt(counts[i] * doubt(i) * (1 - doubt(i)));
                for (int d = 0; d < rows[i].length; d++) {
                    weighted.multiplyEntry(i, d, weight);
                }
            }
            return weighted.transposeMultiply(weighted);
        }

        private static Array2DRowRealMatrix matrix(float[][] rows) {
            var matrix = new Array2DRowRealMatrix(rows.length, rows[0].length);
            for (int i = 0; i < rows.length; i++) {
                for (int d = 0; d < rows[i].length; d++) {
                    matrix.setEntry(i, d, rows[i][d]);
                }
            }
            return matrix;
        }

        /** 1 − p. */
        private double doubt(int text) {
            return 1 / (1 + Math.exp(odds[text][0]));
        }

        double trace() {
            return Arrays.stream(eigenvalues).sum();
        }

        /** Mean over the texts of what is foretold of each when it alone leaves. */
        double leftOut(double ridge) {
            double sum = 0;
            for (int i = 0; i < odds.length; i++) {
                double leverage = 0;
                for (int j = 0; j < eigenvalues.length; j++) {
                    leverage += squares[i][j] / (Math.max(0, eigenvalues[j]) + ridge);
                }
                double slope = counts[i] * doubt(i);
                sum += odds[i][0] - leverage * slope / (1 - leverage * slope * (1 - doubt(i)));
            }
            return sum / odds.length;
        }
    }
}
