package io.expunge.engine;

/**
 * What a model makes of one sequence's tokens to be predicted, each given all tokens before it.
 *
 * @param logProbabilities log p(token), in nats
 * @param right whether the token is the likeliest
 * @param means Σ_v p(v) log p(v) over the vocabulary
 * @param deviations standard deviation of log p(v) under p
 */
public record TokenScores(double[] logProbabilities, boolean[] right, double[] means, double[] deviations) {

    /** log p of the whole answer, in nats. */
    public double logLikelihood() {
        double sum = 0;
        for (double one : logProbabilities) {
            sum += one;
        }
        return sum;
    }

    /** Mean log-probability of a token, in nats. */
    public double meanLog() {
        return logLikelihood() / logProbabilities.length;
    }

    /** Log odds of the answer, see {@link LogOdds}. */
    public double logOdds() {
        return LogOdds.of(meanLog());
    }
}
