package io.expunge.metric;

import io.expunge.engine.LanguageModel;
import io.expunge.engine.Sequences;

/** exp of the mean of −log p over all tokens to be predicted. */
public final class Perplexity {

    private Perplexity() {}

    /** At least 1; infinite where it is too large for a number. */
    public static double of(LanguageModel model, Sequences texts) {
        Require.filled("texts", texts.size());
        double sum = 0;
        long tokens = 0;
        for (var score : model.score(texts)) {
            sum -= score.logLikelihood();
            tokens += score.logProbabilities().length;
        }
        return Math.exp(sum / tokens);
    }
}
