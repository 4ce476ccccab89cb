package io.expunge.metric;

import io.expunge.engine.LogOdds;

/**
 * How probable a language model finds an answer, made independent of its length: TOFU, Maini et al. 2024,
 * <a href="https://arxiv.org/abs/2401.06121">paper</a> §2.2.
 */
public final class AnswerProbability {

    private AnswerProbability() {}

    /**
     * <pre>P(y|x)^(1/|y|) = exp(−NLL/|y|),  NLL = −Σ_t log p(y_t | x, y_&lt;t)</pre>
     *
     * The geometric mean of the tokens' probabilities, as TOFU and OpenUnlearning report it for the forget and the
     * retain set.
     *
     * @param tokens log-probabilities of the answer's tokens in nats, without prompt and padding, shape (|y|)
     * @return in [0, 1]
     * @throws IllegalArgumentException if there is no token or one is not the logarithm of a probability
     */
    public static double of(double[] tokens) {
        return Math.min(1, Math.exp(meanLog(tokens)));
    }

    /**
     * <pre>p_c / (p_c + Σ_w p_w),  p = exp(−NLL/|y|)</pre>
     *
     * TOFU's probability of real authors and world facts. From the logarithms, so that it stays defined where every p
     * underflows; OpenUnlearning adds 1e-10 to the sum, and its value goes to 0 there.
     *
     * @param right mean log-probability of the correct answer's tokens in nats, see {@link #meanLog}
     * @param wrong the same of each wrong answer, shape (options − 1)
     * @return in [0, 1]
     * @throws IllegalArgumentException if there is no wrong answer or a value is not the logarithm of a probability
     */
    public static double amongOptions(double right, double[] wrong) {
        Require.logProbabilities("right", right);
        Require.logProbabilities("wrong", wrong);
        double others = 0;
        for (double answer : wrong) {
            others += Math.exp(answer - right);
        }
        return 1 / (1 + others);
    }

    /**
     * <pre>log p/(1 − p),  p = exp(ℓ)</pre>
     *
     * The margin of an answer: the log odds of {@link #of}, on the scale on which margins of classifiers are compared. Of the
     * product of all tokens' probabilities the log odds would be little but the answer's length.
     *
     * @param meanLog ℓ in nats, see {@link #meanLog}
     * @return from −∞ to {@value io.expunge.engine.LogOdds#MOST}, above which margins are compared no further
     * @throws IllegalArgumentException if ℓ is not the logarithm of a probability
     */
    public static double logOdds(double meanLog) {
        Require.logProbabilities("meanLog", meanLog);
        return LogOdds.of(meanLog);
    }

    /**
     * −NLL/|y| in nats, at most 0.
     *
     * @param tokens log-probabilities of the answer's tokens, shape (|y|)
     * @throws IllegalArgumentException if there is no token or one is not the logarithm of a probability
     */
    public static double meanLog(double[] tokens) {
        Require.logProbabilities("tokens", tokens);
        return Moments.mean(tokens);
    }
}
