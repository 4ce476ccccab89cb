package io.expunge.metric;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Choices of records by their row. */
final class Rows {

    private Rows() {}

    static int[] range(int count) {
        return IntStream.range(0, count).toArray();
    }

    static int[] where(int count, IntPredicate wanted) {
        return IntStream.range(0, count).filter(wanted).toArray();
    }

    /** Rows whose label is among {@code classes}, which is sorted. */
    static int[] ofClasses(int[] labels, int[] classes) {
        return where(labels.length, i -> Arrays.binarySearch(classes, labels[i]) >= 0);
    }

    /** {@code count} of {@code rows} without replacement, in ascending order: Fisher and Yates, stopped early. */
    static int[] sample(int[] rows, int count, SplittableRandom random) {
        var pool = rows.clone();
        for (int i = 0; i < count; i++) {
            int j = i + random.nextInt(pool.length - i);
            int row = pool[i];
            pool[i] = pool[j];
            pool[j] = row;
        }
        var drawn = Arrays.copyOf(pool, count);
        Arrays.sort(drawn);
        return drawn;
    }
}
