package io.expunge.metric;

import java.util.Arrays;
import java.util.Random;

/**
 * KLoM, the Kullback–Leibler divergence of margins: Georgiev et al., <a href="https://arxiv.org/abs/2410.23232">Attribute-to-Delete</a>,
 * 2024. At one point x, N margins by unlearned models are held against N by models retrained without the forget set: both
 * are clipped to [−100, 100] and counted in 20 equal bins between the least and the greatest of them all, and
 *
 * <pre>KLoM(x) = Σ_b p_b ln(p_b / max(q_b, 1e-5))</pre>
 *
 * with p of the unlearned and q of the retrained models. It is 0 where they agree and at most ln(1e5) = 11.5. The greatest
 * margin belongs to the last bin (public code loses it), and the direction is unlearned from retrained (some public code has
 * the other one).
 *
 * <p>A histogram of few models is mostly noise: two samples of the same distribution give 8 on average at N = 5, 3 at N =
 * 20 and 0.33 at N = 100. So it is always read beside {@link #floor}, and with N below {@value #FEW} the divergence of two
 * normal distributions with the samples' moments ({@link #ofMoments}) is the better number.
 */
public final class MarginDivergence {

    /** With fewer models a side the histogram says little. */
    public static final int FEW = 50;

    private static final int BINS = 20;
    private static final double CLIP = 100;
    private static final double LEAST = 1e-5;
    private static final double MOST = -Math.log(LEAST);

    private MarginDivergence() {}

    /**
     * KLoM at one point.
     *
     * @param unlearned margins, one for each unlearned model, in nats
     * @param retrained margins, one for each retrained model
     * @return nats, in [0, ln 1e5]
     * @throws IllegalArgumentException if either holds fewer than two values or one that is not a number
     */
    public static double between(double[] unlearned, double[] retrained) {
        var p = clipped(unlearned);
        var q = clipped(retrained);
        double low = Math.min(min(p), min(q));
        double high = Math.max(max(p), max(q));
        if (low == high) {
            return 0;
        }
        var first = shares(p, low, high);
        var second = shares(q, low, high);
        double sum = 0;
        for (int b = 0; b < BINS; b++) {
            if (first[b] > 0) {
                sum += first[b] * Math.log(first[b] / Math.max(second[b], LEAST));
            }
        }
        // an empty bin counts as 1e-5, which is more than nothing: the sum may fall below 0 by as much
        return Math.max(0, sum);
    }

    /**
     * The divergence of two normal distributions with the samples' means and variances: for few models.
     *
     * @return nats, at least 0; infinite where the retrained models all agree and the unlearned ones do not
     * @throws IllegalArgumentException if either holds fewer than two values or one that is not a number
     */
    public static double ofMoments(double[] unlearned, double[] retrained) {
        var p = clipped(unlearned);
        var q = clipped(retrained);
        double first = Moments.variance(p);
        double second = Moments.variance(q);
        double apart = Moments.mean(p) - Moments.mean(q);
        if (first == 0 && second == 0 && apart == 0) {
            return 0;
        }
        if (first == 0 || second == 0) {
            return Double.POSITIVE_INFINITY;
        }
        return 0.5 * (Math.log(second / first) + (first + apart * apart) / second - 1);
    }

    /**
     * The better of the two for N models a side: that of moments below {@value #FEW}, KLoM from there on.
     *
     * @return nats, in [0, ln 1e5]
     * @throws IllegalArgumentException as {@link #between}
     */
    static double forModels(int models, double[] unlearned, double[] retrained) {
        return models < FEW ? ofMomentsAtMost(unlearned, retrained) : between(unlearned, retrained);
    }

    /** {@link #ofMoments}, bounded as KLoM is. */
    static double ofMomentsAtMost(double[] unlearned, double[] retrained) {
        return Math.min(MOST, ofMoments(unlearned, retrained));
    }

    /**
     * What retrained models give against each other at the same N: nothing can be nearer to them than they themselves.
     * Their margins are dealt into two halves at random, again and again; each half has N/2, so ask with twice as many models
     * as the unlearned side has.
     *
     * @param retrained margins by 2N models
     * @param deals how often
     * @return one KLoM for each deal
     * @throws IllegalArgumentException if there are fewer than four models
     */
    public static double[] floor(double[] retrained, int deals, long seed) {
        Require.between("models", retrained.length, 4, Integer.MAX_VALUE);
        var random = new Random(seed);
        var floor = new double[deals];
        var dealt = retrained.clone();
        for (int d = 0; d < deals; d++) {
            for (int i = dealt.length - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                double held = dealt[i];
                dealt[i] = dealt[j];
                dealt[j] = held;
            }
            int half = dealt.length / 2;
            floor[d] = between(Arrays.copyOf(dealt, half), Arrays.copyOfRange(dealt, half, 2 * half));
        }
        return floor;
    }

    private static double[] shares(double[] values, double low, double high) {
        var shares = new double[BINS];
        for (double value : values) {
            int bin = (int) Math.min(BINS - 1, (value - low) / (high - low) * BINS);
            shares[bin] += 1.0 / values.length;
        }
        return shares;
    }

    private static double[] clipped(double[] values) {
        if (values.length < 2) {
            throw new IllegalArgumentException("margins of " + values.length + " models are too few to compare");
        }
        return Arrays.stream(values)
                .map(value -> {
                    if (Double.isNaN(value)) {
                        throw new IllegalArgumentException("a margin is not a number");
                    }
                    return Math.clamp(value, -CLIP, CLIP);
                })
                .toArray();
    }

    private static double min(double[] values) {
        return Arrays.stream(values).min().orElseThrow();
    }

    private static double max(double[] values) {
        return Arrays.stream(values).max().orElseThrow();
    }
}
