package io.expunge.metric;

import java.util.Arrays;
import org.hipparchus.stat.inference.KolmogorovSmirnovTest;
import org.hipparchus.util.ArithmeticUtils;

/**
 * The two-sample Kolmogorov–Smirnov test. Between the {@link TruthRatio}s of an unlearned and of a retrained model its
 * probability is TOFU's forget quality. That number depends on the sample's size: at D = 1 it is 2/C(2n, n), 1.9e-119 for
 * two samples of 200 and 1.1e-239 for 400. Only D can be compared between forget sets.
 *
 * @param statistic D = sup |F_a − F_b|, in [0, 1]
 * @param probability of a D at least as large where both samples come from one continuous distribution
 */
public record KolmogorovSmirnov(double statistic, double probability) {

    /** Largest sample of an exact probability, as in scipy's ks_2samp; beyond it Kolmogorov's limit is taken. */
    private static final int EXACT = 10_000;

    /**
     * Compares two samples.
     *
     * @throws IllegalArgumentException if either has fewer than two values or holds a NaN
     */
    public static KolmogorovSmirnov between(double[] a, double[] b) {
        long widest = Math.abs(widest(a, b));
        double statistic = widest / ((double) a.length * b.length);
        return new KolmogorovSmirnov(
                statistic,
                Math.max(a.length, b.length) <= EXACT
                        ? exceeding(widest, a.length, b.length)
                        : new KolmogorovSmirnovTest().approximateP(statistic, a.length, b.length));
    }

    /**
     * F_a − F_b where it is farthest from 0: D, with the sign that says which sample lies lower. Positive where
     * {@code a} has the smaller values.
     *
     * @throws IllegalArgumentException if either has fewer than two values or holds a NaN
     */
    public static double signed(double[] a, double[] b) {
        return widest(a, b) / ((double) a.length * b.length);
    }

    /**
     * The smallest D with a probability of at most {@code level} between samples of these sizes; 1 where there is none.
     *
     * @param level in (0, 1), such as 0.05
     * @throws IllegalArgumentException unless both sizes are between 2 and 10,000
     */
    public static double critical(int sizeA, int sizeB, double level) {
        Require.between("sizeA", sizeA, 2, EXACT);
        Require.between("sizeB", sizeB, 2, EXACT);
        Require.between("level", level, Double.MIN_VALUE, 1);
        long step = ArithmeticUtils.gcd(sizeA, sizeB); // every D is a multiple of gcd/(sizeA·sizeB)
        long low = 0;
        long high = (long) sizeA * sizeB / step;
        while (high - low > 1) {
            long middle = (low + high) >>> 1;
            if (exceeding(step * middle, sizeA, sizeB) <= level) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return step * high / ((double) sizeA * sizeB);
    }

    /**
     * Exact P(|i/n − j/m| · nm ≥ gap at some step) as the merged sample is walked through. All orders are equally likely
     * without ties, so the next value is one of a's with the share that a has of those left. What leaves the band is
     * only ever added up; the usual 1 − P(stays inside) would lose every tail below 1e-16.
     */
    private static double exceeding(long gap, int n, int m) {
        if (gap == 0) {
            return 1;
        }
        double left = 0;
        var inside = new double[m + 1];
        for (int i = 0; i <= n; i++) {
            for (int j = 0; j <= m; j++) {
                double here = i + j == 0 ? 1 : 0;
                double remaining = n + m - i - j + 1;
                if (i > 0) {
                    here += inside[j] * ((n - i + 1) / remaining);
                }
                if (j > 0) {
                    here += inside[j - 1] * ((m - j + 1) / remaining);
                }
                boolean outside = Math.abs((long) i * m - (long) j * n) >= gap;
                left += outside ? here : 0;
                inside[j] = outside ? 0 : here;
            }
        }
        return Math.min(1, left);
    }

    /** (F_a − F_b) · |a| · |b| where it is farthest from 0, a whole number. */
    private static long widest(double[] a, double[] b) {
        if (a.length < 2 || b.length < 2) {
            throw new IllegalArgumentException(
                    "samples of " + a.length + " and " + b.length + " are too small to compare");
        }
        var first = sorted(a);
        var second = sorted(b);
        int i = 0;
        int j = 0;
        long widest = 0;
        while (i < first.length && j < second.length) {
            double at = Math.min(first[i], second[j]);
            while (i < first.length && first[i] <= at) {
                i++;
            }
            while (j < second.length && second[j] <= at) {
                j++;
            }
            long gap = (long) i * second.length - (long) j * first.length;
            widest = Math.abs(gap) > Math.abs(widest) ? gap : widest;
        }
        return widest;
    }

    private static double[] sorted(double[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        if (Double.isNaN(sorted[sorted.length - 1])) {
            throw new IllegalArgumentException("a sample holds a value that is not a number");
        }
        return sorted;
    }
}
