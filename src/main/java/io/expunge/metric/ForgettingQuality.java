package io.expunge.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The forgetting quality of the NeurIPS 2023 unlearning challenge: Triantafillou et al.,
 * <a href="https://arxiv.org/abs/2406.09073">Are we making progress in unlearning?</a>, 2024. At each forgotten example an
 * attacker tells N unlearned from N retrained models by their margins, with one threshold or with an interval, and each test
 * bounds the ε of (ε, δ)-unlearning by its false positive and false negative rates:
 *
 * <pre>ε = max(ln(1 − δ − FPR) − ln FNR, ln(1 − δ − FNR) − ln FPR), at least 0.</pre>
 *
 * The strongest test counts; ε falls into buckets of width ½ that earn 1, ½, ¼, … points, and above ln(N − 1), rounded up,
 * none. Tests with exactly one rate of 0 are left out, since N models cannot tell so small a rate from 0.
 */
public final class ForgettingQuality {

    private static final double DELTA = 1e-5;
    private static final double STEP = 0.01;
    private static final double WIDTH = 0.5;
    private static final double CAP = 50;
    private static final double PEAKY = 0.01;

    private ForgettingQuality() {}

    /**
     * The ε at one example.
     *
     * @param unlearned margins by N unlearned models
     * @param retrained margins by N retrained ones
     * @return in [0, 50]
     * @throws IllegalArgumentException if either has fewer than two values or one that is not finite
     */
    public static double epsilon(double[] unlearned, double[] retrained) {
        var a = sorted(unlearned);
        var b = sorted(retrained);
        double spreadA = a[a.length - 1] - a[0];
        double spreadB = b[b.length - 1] - b[0];
        if (Math.min(spreadA, spreadB) < PEAKY * Math.max(spreadA, spreadB)) {
            return CAP;
        }
        var rates = new ArrayList<double[]>();
        var thresholds = thresholds(Math.min(a[0], b[0]), Math.max(a[a.length - 1], b[b.length - 1]));
        for (double threshold : thresholds) {
            rate(rates, above(a, threshold), above(b, threshold));
        }
        intervals(rates, a, b, spreadA <= spreadB);
        return rates.stream()
                .mapToDouble(rate -> epsilon(rate[0], rate[1]))
                .filter(epsilon -> epsilon >= 0)
                .max()
                .orElse(0);
    }

    /** What one test bounds; negative if it says nothing. */
    static double epsilon(double falsePositive, double falseNegative) {
        if (falsePositive == 0 && falseNegative == 0) {
            return CAP;
        }
        if (falsePositive == 0 || falseNegative == 0) {
            return -1;
        }
        return Math.clamp(Math.max(bound(falsePositive, falseNegative), bound(falseNegative, falsePositive)), 0, CAP);
    }

    private static double bound(double one, double other) {
        double left = 1 - DELTA - one;
        return left <= 0 ? 0 : Math.log(left) - Math.log(other);
    }

    /**
     * The quality over all forgotten examples.
     *
     * @param epsilons one for each example
     * @param models N
     * @return in [0, 1]; 1 is best
     */
    public static double of(double[] epsilons, int models) {
        Require.between("examples", epsilons.length, 1, Integer.MAX_VALUE);
        Require.between("models", models, 3, Integer.MAX_VALUE);
        double most = Math.ceil(Math.log(models - 1.0));
        double sum = 0;
        for (double epsilon : epsilons) {
            sum += epsilon > most ? 0 : Math.pow(2, -Math.floor(epsilon / WIDTH));
        }
        return sum / epsilons.length;
    }

    /** The rates of "retrained if above" and of its contrary: whichever the attacker takes. */
    private static void rate(List<double[]> rates, double ofUnlearned, double ofRetrained) {
        rates.add(new double[] {ofUnlearned, 1 - ofRetrained});
        rates.add(new double[] {1 - ofUnlearned, ofRetrained});
    }

    /** An interval about the middle of the sample with less spread, and what is outside of it. */
    private static void intervals(List<double[]> rates, double[] a, double[] b, boolean unlearnedIsPeakier) {
        var peak = unlearnedIsPeakier ? a : b;
        double middle = DivergenceSummary.quantile(peak, 0.5);
        double farthest = Math.max(
                Math.max(middle - Math.min(a[0], b[0]), Math.max(a[a.length - 1], b[b.length - 1]) - middle), STEP);
        for (double half : thresholds(0, farthest)) {
            rate(rates, outside(a, middle, half), outside(b, middle, half));
        }
    }

    private static double[] thresholds(double low, double high) {
        int count = (int) Math.min(1_000_000, Math.ceil((high - low) / STEP)) + 1;
        var all = new double[count];
        for (int i = 0; i < count; i++) {
            all[i] = low + i * STEP;
        }
        return all;
    }

    private static double above(double[] sorted, double threshold) {
        return (double) (sorted.length - countUpTo(sorted, threshold)) / sorted.length;
    }

    private static double outside(double[] sorted, double middle, double half) {
        int within = countUpTo(sorted, middle + half) - countUpTo(sorted, Math.nextDown(middle - half));
        return (double) (sorted.length - within) / sorted.length;
    }

    /** How many values are at most {@code limit}. */
    private static int countUpTo(double[] sorted, double limit) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int half = (low + high) >>> 1;
            if (sorted[half] <= limit) {
                low = half + 1;
            } else {
                high = half;
            }
        }
        return low;
    }

    private static double[] sorted(double[] values) {
        Require.between("models", values.length, 2, Integer.MAX_VALUE);
        var sorted = values.clone();
        Arrays.sort(sorted);
        if (!Double.isFinite(sorted[0]) || !Double.isFinite(sorted[sorted.length - 1])) {
            throw new IllegalArgumentException("a margin is not finite");
        }
        return sorted;
    }
}
