package io.expunge.metric;

import java.util.Arrays;

/**
 * How probable wrong answers are beside the correct one: TOFU, Maini et al. 2024,
 * <a href="https://arxiv.org/abs/2401.06121">paper</a> §2.2. R is 0 where the model is sure of the correct
 * answer and 1 where it can't tell. Two means over the wrong answers are in use and give different numbers, so the
 * variant has to be named with every figure.
 *
 * <p>p is the length-normalised probability of {@link AnswerProbability}. Ratios are formed from logarithms. Public
 * code adds 1e-10 to the denominator instead, which sends R to 0 for a collapsed model that gives every answer less.
 */
public enum TruthRatio {
    /** R = (1/n) Σ_w p_w / p_c: TOFU's paper, and its code for the model utility. */
    ARITHMETIC {
        @Override
        double overWrong(double right, double[] wrong) {
            return Arrays.stream(wrong).map(w -> Math.exp(w - right)).sum() / wrong.length;
        }
    },
    /** R = (Π_w p_w)^(1/n) / p_c: TOFU's code for the forget quality, and OpenUnlearning throughout. */
    GEOMETRIC {
        @Override
        double overWrong(double right, double[] wrong) {
            return Math.exp(Moments.mean(wrong) - right);
        }
    };

    abstract double overWrong(double right, double[] wrong);

    /**
     * R of one question.
     *
     * @param right mean log-probability of the correct answer's tokens in nats ({@link AnswerProbability#meanLog}): of
     *     the paraphrased answer in TOFU's forget and retain sets, of the answer itself elsewhere
     * @param wrong the same of each perturbed answer, shape (n)
     * @return at least 0; infinite where the quotient overflows
     * @throws IllegalArgumentException if there is no wrong answer or a value is not the logarithm of a probability
     */
    public double of(double right, double[] wrong) {
        Require.logProbabilities("right", right);
        Require.logProbabilities("wrong", wrong);
        return overWrong(right, wrong);
    }

    /**
     * mean(min(R, 1/R)) of a forget set: 1 where the model can't tell right from wrong.
     *
     * @param ratios R by question, shape (n)
     * @return in [0, 1]
     * @throws IllegalArgumentException if there is none or one is negative or not a number
     */
    public static double forgotten(double[] ratios) {
        Require.within("ratios", ratios, 0, Double.POSITIVE_INFINITY);
        return Arrays.stream(ratios).map(r -> Math.min(r, 1 / r)).sum() / ratios.length;
    }

    /**
     * mean(max(0, 1 − R)) of what has to stay, a part of the model utility: 1 where the model is sure of the right
     * answers.
     *
     * @param ratios R by question, shape (n)
     * @return in [0, 1]
     * @throws IllegalArgumentException if there is none or one is negative or not a number
     */
    public static double kept(double[] ratios) {
        Require.within("ratios", ratios, 0, Double.POSITIVE_INFINITY);
        return Arrays.stream(ratios).map(r -> Math.max(0, 1 - r)).sum() / ratios.length;
    }
}
