package io.expunge.metric;

import org.hipparchus.distribution.continuous.BetaDistribution;

/** Shares of records, and how well a number of records tells them. */
public final class Proportions {

    private static final double CONFIDENCE = 0.95;

    private Proportions() {}

    /**
     * Clopper and Pearson 1934: exact, from quantiles of the beta distribution; never covers less than 95 %.
     *
     * @throws IllegalArgumentException unless 0 ≤ successes ≤ trials and trials ≥ 1
     */
    public static Interval exact(int successes, int trials) {
        check(successes, trials);
        double tail = (1 - CONFIDENCE) / 2;
        double low = successes == 0
                ? 0
                : new BetaDistribution(successes, trials - successes + 1).inverseCumulativeProbability(tail);
        double high = successes == trials
                ? 1
                : new BetaDistribution(successes + 1, trials - successes).inverseCumulativeProbability(1 - tail);
        return new Interval(low, high);
    }

    /**
     * Wilson 1927: (p̂ + z²/2n ± z√(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n).
     *
     * @param share p̂ in [0, 1]; a mean over several models may lie between whole records
     */
    public static Interval wilson(double share, int trials) {
        if (!(share >= 0 && share <= 1) || trials < 1) {
            throw new IllegalArgumentException(share + " of " + trials + " is not a share of records");
        }
        double z2 = Interval.Z * Interval.Z;
        double centre = share + z2 / (2 * trials);
        double half = Interval.Z * Math.sqrt(share * (1 - share) / trials + z2 / (4.0 * trials * trials));
        double norm = 1 + z2 / trials;
        return new Interval((centre - half) / norm, (centre + half) / norm).within(0, 1);
    }

    /**
     * Difference of two shares over the same records, mean(a) − mean(b): Newcombe 1998, method 10, whose interval keeps
     * a width where no record differs.
     *
     * <pre>low = d − √((p−l)² − 2φ(p−l)(v−q) + (v−q)²), high = d + √((u−p)² − 2φ(u−p)(q−m) + (q−m)²)</pre>
     *
     * with the Wilson intervals [l, u] of p = mean(a) and [m, v] of q = mean(b), and their correlation φ over the records.
     *
     * @param a shares by record, in [0, 1]
     * @param b likewise, same records in the same order
     */
    public static Interval pairedDifference(double[] a, double[] b) {
        if (a.length != b.length || a.length == 0) {
            throw new IllegalArgumentException(a.length + " and " + b.length + " records cannot be paired");
        }
        double p = Moments.mean(a);
        double q = Moments.mean(b);
        var first = wilson(Math.clamp(p, 0, 1), a.length);
        var second = wilson(Math.clamp(q, 0, 1), b.length);
        double phi = Moments.correlation(a, b);
        double low = side(p - first.low(), second.high() - q, phi);
        double high = side(first.high() - p, q - second.low(), phi);
        return new Interval(p - q - low, p - q + high).within(-1, 1);
    }

    private static double side(double x, double y, double phi) {
        return Math.sqrt(Math.max(0, x * x - 2 * phi * x * y + y * y));
    }

    private static void check(int successes, int trials) {
        if (trials < 1 || successes < 0 || successes > trials) {
            throw new IllegalArgumentException(successes + " of " + trials + " is not a share of records");
        }
    }
}
