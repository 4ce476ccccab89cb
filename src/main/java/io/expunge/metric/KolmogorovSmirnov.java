package io.expunge.metric;

import java.util.Arrays;
import org.hipparchus.stat.inference.KolmogorovSmirnovTest;

/**
 * The two-sample Kolmogorov–Smirnov test.
 *
 * @param statistic D = sup |F_a − F_b|, in [0, 1]
 * @param probability of a D at least as large where both samples come from one distribution
 */
public record KolmogorovSmirnov(double statistic, double probability) {

    /**
     * Compares two samples.
     *
     * @throws IllegalArgumentException if either has fewer than two values
     */
    public static KolmogorovSmirnov between(double[] a, double[] b) {
        if (a.length < 2 || b.length < 2) {
            throw new IllegalArgumentException(
                    "samples of " + a.length + " and " + b.length + " are too small to compare");
        }
        double statistic = statistic(a, b);
        return new KolmogorovSmirnov(
                statistic, new KolmogorovSmirnovTest().approximateP(statistic, a.length, b.length));
    }

    private static double statistic(double[] a, double[] b) {
        var first = a.clone();
        var second = b.clone();
        Arrays.sort(first);
        Arrays.sort(second);
        int i = 0;
        int j = 0;
        double widest = 0;
        while (i < first.length && j < second.length) {
            double at = Math.min(first[i], second[j]);
            while (i < first.length && first[i] <= at) {
                i++;
            }
            while (j < second.length && second[j] <= at) {
                j++;
            }
            widest = Math.max(widest, Math.abs(i / (double) first.length - j / (double) second.length));
        }
        return widest;
    }
}
