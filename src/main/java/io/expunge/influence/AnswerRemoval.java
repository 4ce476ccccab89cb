package io.expunge.influence;

import io.expunge.engine.LanguageModel;
import io.expunge.engine.Seeds;
import io.expunge.engine.Sequences;
import io.expunge.engine.Space;
import io.expunge.engine.TextGradients;

/**
 * What leaving texts out does to the log odds of every answer that a language model learned ({@link
 * io.expunge.engine.LogOdds}), by the model of TRAK (Park et al., <a href="https://arxiv.org/abs/2303.14186">2023</a>): its
 * weights are taken for a linear regression on projected gradients, as in {@link TrakRemoval}.
 *
 * <p>The loss of a text is the sum of −log p over its |y| tokens, which is |y| log(1 + exp(−z)) at z = log p/(1 − p) with p their
 * geometric mean: a logistic regression of two classes, the answer and all else, in which a text counts as often as it has
 * tokens. That one number stands for all tokens of an answer is the approximation here.
 */
public final class AnswerRemoval {

    private static final double LEAST_SHARE = 0.5;

    private final int texts;
    private final int dimensions;
    private final float[] projected;
    private final LinearTraining.Outcome outcome;
    private final Runnable pause;

    /**
     * Projects the gradients of all texts.
     *
     * @param model the version, unedited
     * @param learned the n texts of its training
     * @param dimensions of the projection, k
     * @param seed of the projection
     * @param pause called now and then; what it throws ends the work
     */
    public AnswerRemoval(LanguageModel model, Sequences learned, int dimensions, long seed, Runnable pause) {
        this.texts = learned.size();
        this.dimensions = dimensions;
        this.pause = pause;
        // the second class's logit is always 0, and so are its gradients
        this.projected = new float[2 * texts * dimensions];
        var rows = new TextGradients(model, dimensions, Seeds.derive(seed, 0), pause).ofLogOdds(learned);
        var logits = new float[texts][2];
        var odds = model.logOdds(learned);
        var counts = new float[texts];
        double tokens = 0;
        for (int i = 0; i < texts; i++) {
            System.arraycopy(rows[i], 0, projected, i * dimensions, dimensions);
            logits[i][0] = odds[i][0];
            counts[i] = learned.get(i).answerLength();
            tokens += counts[i];
        }
        for (int i = 0; i < texts; i++) {
            counts[i] *= (float) (texts / tokens);
        }
        this.outcome = new LinearTraining.Outcome(logits, new int[texts], counts);
    }

    /**
     * What is added to the log odds of each text when some leave.
     *
     * @param set places among the texts
     * @return n numbers
     */
    float[] shift(double ridge, double leastShare, int[] set) {
        try (var space = new Space()) {
            var training =
                    new LinearTraining(projected, dimensions, outcome, new int[][] {set}, pause, space.manager());
            var direction = training.without(ridge, leastShare)[0];
            var shift = new float[texts];
            for (int i = 0; i < texts; i++) {
                for (int d = 0; d < dimensions; d++) {
                    shift[i] += projected[i * dimensions + d] * direction[d];
                }
            }
            return shift;
        }
    }

    /**
     * What the model would say without some texts.
     *
     * @param set places among the texts
     * @return log odds of the n texts
     */
    public float[] without(int[] set) {
        var odds = shift(1e-3 * texts, LEAST_SHARE, set);
        for (int i = 0; i < texts; i++) {
            odds[i] += outcome.logits()[i][0];
        }
        return odds;
    }
}
