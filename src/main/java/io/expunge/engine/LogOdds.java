package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

/**
 * What a language model says of an answer, as one number:
 *
 * <pre>log p/(1 − p),  p = exp(ℓ)</pre>
 *
 * with ℓ the mean log-probability of its tokens, so that p is their geometric mean: the probability of TOFU, Maini et al. 2024,
 * <a href="https://arxiv.org/abs/2401.06121">paper</a> §2.2, on the scale on which margins of classifiers are compared. Since
 * log(1 + exp(−z)) = −ℓ at z = log p/(1 − p), training on answers is logistic regression in it.
 */
public final class LogOdds {

    /** What a sure answer has; margins above are compared no further. */
    public static final double MOST = 100;

    private LogOdds() {}

    /**
     * From the mean log-probability.
     *
     * @param meanLog ℓ in nats
     * @return from −∞ to {@value #MOST}
     */
    public static double of(double meanLog) {
        // rounding may leave a sure answer a little above 1
        double log = Math.min(0, meanLog);
        return Math.min(MOST, log - Math.log(-Math.expm1(log)));
    }

    /**
     * The same of many, with gradients. It ends at 16, where single precision tells ℓ from 0 no longer.
     *
     * @param meanLogs ℓ in nats, shape (n)
     */
    static NDArray of(NDArray meanLogs, NDManager space) {
        return Kernels.shared().call("log_odds", space, new NDList(meanLogs));
    }
}
