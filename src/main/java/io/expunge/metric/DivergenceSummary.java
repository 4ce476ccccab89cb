package io.expunge.metric;

import java.util.Arrays;
import java.util.function.ToDoubleBiFunction;

/**
 * KLoM over many points, as its paper reports it.
 *
 * @param models N, on each side
 * @param mean over the points
 * @param low the 5th percentile
 * @param high the 95th percentile
 */
public record DivergenceSummary(int models, double mean, double low, double high) {

    private static final double LOW = 0.05;
    private static final double HIGH = 0.95;

    /**
     * Sums up.
     *
     * @param unlearned margins, models × points
     * @param retrained likewise, of the same points
     * @throws IllegalArgumentException if the points differ, or there are none
     */
    public static DivergenceSummary of(double[][] unlearned, double[][] retrained) {
        return of(unlearned, retrained, MarginDivergence::between);
    }

    static DivergenceSummary of(
            double[][] unlearned, double[][] retrained, ToDoubleBiFunction<double[], double[]> divergence) {
        int points = points(unlearned);
        if (points != points(retrained)) {
            throw new IllegalArgumentException(
                    "margins of " + points + " points cannot be held against those of " + points(retrained));
        }
        var all = new double[points];
        for (int x = 0; x < points; x++) {
            all[x] = divergence.applyAsDouble(column(unlearned, x), column(retrained, x));
        }
        return of(Math.min(unlearned.length, retrained.length), all);
    }

    /**
     * What retrained models give against each other at {@code models} a side.
     *
     * @param retrained margins, at least 2 · {@code models} models × points
     */
    public static DivergenceSummary floor(double[][] retrained, int models) {
        if (retrained.length < 2 * models) {
            throw new IllegalArgumentException(
                    "a floor at N = " + models + " takes " + 2 * models + " retrained models, not " + retrained.length);
        }
        return of(Arrays.copyOf(retrained, models), Arrays.copyOfRange(retrained, models, 2 * models));
    }

    private static DivergenceSummary of(int models, double[] all) {
        var sorted = all.clone();
        Arrays.sort(sorted);
        return new DivergenceSummary(models, Moments.mean(all), quantile(sorted, LOW), quantile(sorted, HIGH));
    }

    /** Between the two nearest values, as most libraries have it (type 7 of Hyndman and Fan, 1996). */
    static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    private static int points(double[][] margins) {
        if (margins.length == 0 || margins[0].length == 0) {
            throw new IllegalArgumentException("there are no margins");
        }
        return margins[0].length;
    }

    private static double[] column(double[][] margins, int point) {
        var column = new double[margins.length];
        for (int m = 0; m < column.length; m++) {
            column[m] = margins[m][point];
        }
        return column;
    }
}
