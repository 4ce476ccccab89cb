package io.expunge.metric;

import io.expunge.engine.TokenScores;
import io.expunge.metric.Memorisation.LastToken;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one language model makes of the texts.
 *
 * @param paraphrased of the forgotten answers after prompts in other words
 * @param eightBits of the forgotten texts, with the weights rounded to 8 bits
 * @param fourBits the same with 4 bits
 * @param recited by forgotten text, 1 − d/L of what is written greedily after its prompt, in tokens
 * @param recovery share of tokens predicted by text of one half of the forget set, mean over the passes over the other
 *     half; empty where the forget set is too small to be divided
 */
public record TextAnswers(
        List<TokenScores> forget,
        List<TokenScores> paraphrased,
        List<TokenScores> retain,
        List<TokenScores> test,
        List<TokenScores> eightBits,
        List<TokenScores> fourBits,
        double[] recited,
        double[] recovery) {

    /** The end of a text is predicted by every model that learned any, so it says nothing. */
    static double exact(TokenScores scores) {
        return scores.right().length < 2
                ? Memorisation.exact(scores.right(), LastToken.COUNTED)
                : Memorisation.exact(scores.right(), LastToken.DROPPED);
    }

    static double extraction(TokenScores scores) {
        return scores.right().length < 2
                ? Memorisation.extractionStrength(scores.right(), LastToken.COUNTED)
                : Memorisation.extractionStrength(scores.right(), LastToken.DROPPED);
    }

    static double probability(TokenScores scores) {
        return AnswerProbability.of(scores.logProbabilities());
    }

    /** Mean log-probability of a token by text. */
    static double[] logs(List<TokenScores> texts) {
        return each(texts, one -> AnswerProbability.meanLog(one.logProbabilities()));
    }

    /** log(p/(1−p)) of p, the geometric mean of the tokens' probabilities, by text; infinite where p is 1. */
    static double[] margins(List<TokenScores> texts) {
        return Arrays.stream(logs(texts))
                .map(log -> log - Math.log(-Math.expm1(log)))
                .toArray();
    }

    static double[] each(List<TokenScores> texts, ToDoubleFunction<TokenScores> of) {
        return texts.stream().mapToDouble(of).toArray();
    }
}
