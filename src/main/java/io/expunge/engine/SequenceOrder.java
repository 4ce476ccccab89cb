package io.expunge.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Which sequences a step takes. Every epoch is a fresh shuffle; within stretches of a few batches, sequences of like length
 * are put together, so that little padding is paid for. What a step takes depends on the seed and its number alone.
 */
final class SequenceOrder {

    /** Sequences are sorted by length within so many batches; more would make batches of one epoch less random. */
    private static final int BATCHES_SORTED_TOGETHER = 8;

    private final int[] lengths;
    private final int batchSize;
    private final long seed;
    private long plannedEpoch = -1;
    private List<int[]> plan = List.of();

    SequenceOrder(int[] lengths, int batchSize, long seed) {
        if (lengths.length == 0) {
            throw new IllegalArgumentException("there are no sequences to draw from");
        }
        this.lengths = lengths;
        this.batchSize = batchSize;
        this.seed = seed;
    }

    static SequenceOrder of(Sequences sequences, int batchSize, long seed) {
        return new SequenceOrder(
                sequences.all().stream().mapToInt(one -> one.tokens().length).toArray(), batchSize, seed);
    }

    int perEpoch() {
        return Math.ceilDiv(lengths.length, batchSize);
    }

    /** Rows of the batch of {@code step}, counted from 0 over all epochs. */
    int[] at(long step) {
        long epoch = step / perEpoch();
        if (epoch != plannedEpoch) {
            plan = plan(new SplittableRandom(Seeds.derive(seed, epoch)));
            plannedEpoch = epoch;
        }
        return plan.get(Math.toIntExact(step % perEpoch()));
    }

    private List<int[]> plan(SplittableRandom random) {
        var rows = new Integer[lengths.length];
        Arrays.setAll(rows, i -> i);
        shuffle(rows, random);
        var batches = new ArrayList<int[]>();
        int pool = batchSize * BATCHES_SORTED_TOGETHER;
        for (int from = 0; from < rows.length; from += pool) {
            int to = Math.min(rows.length, from + pool);
            Arrays.sort(rows, from, to, Comparator.comparingInt(row -> lengths[row]));
            for (int start = from; start < to; start += batchSize) {
                batches.add(Arrays.stream(rows, start, Math.min(to, start + batchSize))
                        .mapToInt(row -> row)
                        .toArray());
            }
        }
        var order = batches.toArray(int[][]::new);
        shuffle(order, random);
        return List.of(order);
    }

    /** Fisher and Yates. */
    private static <T> void shuffle(T[] all, SplittableRandom random) {
        for (int i = all.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            var kept = all[i];
            all[i] = all[j];
            all[j] = kept;
        }
    }
}
