package io.expunge.engine;

import java.util.Arrays;

/**
 * Which pairs (i, j) of a direction of gradients and one of activations stay: those with {@code columnRanks[j] <
 * rowCounts[i]}. A set of pairs that is chosen by a product of a number for i and a number for j always has this form.
 *
 * @param rowCounts by i, how many pairs of it stay
 * @param columnRanks by j, a permutation of 0, 1, …: the order in which pairs of each i come to stay
 */
public record PairMask(int[] rowCounts, int[] columnRanks) {

    public PairMask {
        rowCounts = rowCounts.clone();
        columnRanks = columnRanks.clone();
    }

    /** Whether a pair stays. */
    public boolean keeps(int i, int j) {
        return columnRanks[j] < rowCounts[i];
    }

    /** How many pairs stay. */
    public long size() {
        return Arrays.stream(rowCounts).asLongStream().sum();
    }
}
