package io.expunge.influence;

import io.expunge.engine.LanguageModel;
import io.expunge.engine.Seeds;
import io.expunge.engine.Sequences;
import io.expunge.engine.Space;
import io.expunge.engine.TextGradients;
import java.util.Arrays;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.CholeskyDecomposition;

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

    /** Where no text was held out; a rule of thumb. */
    private static final double USUAL_RIDGE = 0.06;

    private static final int HALVINGS = 12;

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

    private double ridge(Leverage leverage, float[][] heldOut) {
        if (heldOut.length == 0) {
            return USUAL_RIDGE * leverage.trace();
        }
        double wanted =
                Arrays.stream(heldOut).mapToDouble(row -> row[0]).average().orElseThrow();
        double low = Math.log(LEAST_RIDGE * leverage.trace());
        double high = Math.log(MOST_RIDGE * leverage.trace());
        for (int halving = 0; halving < HALVINGS; halving++) {
            pause.run();
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

        private final float[][] rows;
        private final float[][] odds;
        private final float[] counts;
        private final Array2DRowRealMatrix curvature;

        Leverage(float[][] rows, float[][] odds, float[] counts) {
            this.rows = rows;
            this.odds = odds;
            this.counts = counts;
            int dimensions = rows[0].length;
            this.curvature = new Array2DRowRealMatrix(dimensions, dimensions);
            var data = curvature.getDataRef();
            for (int i = 0; i < rows.length; i++) {
                double weight = counts[i] * doubt(i) * (1 - doubt(i));
                for (int a = 0; a < dimensions; a++) {
                    double one = weight * rows[i][a];
                    for (int b = 0; b <= a; b++) {
                        data[a][b] += one * rows[i][b];
                    }
                }
            }
            for (int a = 0; a < dimensions; a++) {
                for (int b = 0; b < a; b++) {
                    data[b][a] = data[a][b];
                }
            }
        }

        /** 1 − p. */
        private double doubt(int text) {
            return 1 / (1 + Math.exp(odds[text][0]));
        }

        double trace() {
            return curvature.getTrace();
        }

        /** Mean over the texts of what is foretold of each when it alone leaves. */
        double leftOut(double ridge) {
            var ridged = new Array2DRowRealMatrix(curvature.getData());
            for (int a = 0; a < ridged.getRowDimension(); a++) {
                ridged.addToEntry(a, a, ridge);
            }
            var lower = new CholeskyDecomposition(ridged).getL().getData();
            double sum = 0;
            for (int i = 0; i < rows.length; i++) {
                double slope = counts[i] * doubt(i);
                double leverage = inverseNorm(lower, rows[i]);
                sum += odds[i][0] - leverage * slope / (1 - leverage * slope * (1 - doubt(i)));
            }
            return sum / rows.length;
        }

        /** xᵀ(LLᵀ)⁻¹x. */
        private static double inverseNorm(double[][] lower, float[] x) {
            var solved = new double[x.length];
            double norm = 0;
            for (int a = 0; a < x.length; a++) {
                double left = x[a];
                for (int b = 0; b < a; b++) {
                    left -= lower[a][b] * solved[b];
                }
                solved[a] = left / lower[a][a];
                norm += solved[a] * solved[a];
            }
            return norm;
        }
    }
}
