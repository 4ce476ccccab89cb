package io.expunge.metric;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/** The percentile bootstrap: Efron 1979. */
final class Bootstrap {

    private static final int DRAWS = 1000;

    private Bootstrap() {}

    /**
     * Interval of {@code statistic} over draws of {@code count} rows with replacement.
     *
     * @param statistic of the drawn rows
     */
    static Interval of(int count, long seed, ToDoubleFunction<int[]> statistic) {
        var random = new SplittableRandom(seed);
        var values = new double[DRAWS];
        var rows = new int[count];
        for (int d = 0; d < DRAWS; d++) {
            for (int i = 0; i < count; i++) {
                rows[i] = random.nextInt(count);
            }
            values[d] = statistic.applyAsDouble(rows);
        }
        Arrays.sort(values);
        return new Interval(values[(int) (0.025 * DRAWS)], values[(int) (0.975 * DRAWS) - 1]);
    }

    /** Interval of mean(a) / mean(b) over the same records. */
    static Interval ratio(double[] a, double[] b, long seed) {
        return of(a.length, seed, rows -> {
            double above = 0;
            double below = 0;
            for (int row : rows) {
                above += a[row];
                below += b[row];
            }
            return above / Math.max(below, Distances.LEAST * rows.length);
        });
    }
}
