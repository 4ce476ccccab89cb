package io.expunge.influence;

import io.expunge.engine.PairMask;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Chooses pairs (i, j) in the order of falling a_i b_j until Σ c_i d_j over them reaches a share of all: with a = c = λ and
 * b = d = μ those with the most curvature, Merullo et al. 2025, §3, <a href="https://arxiv.org/abs/2510.24256">paper</a>.
 *
 * <p>Nothing is sorted but the columns. How many pairs have a_i b_j ≥ t takes one binary search for each i, their mass a prefix
 * sum; the largest t whose pairs have enough mass is found by bisection of the bits of a double, so it is one of the
 * products, and the pairs are those that a sort of all products would give. Equal products are taken in the order of i and
 * then of the columns. O((n log n) + 64 m log n) for m rows and n columns, and no memory for pairs.
 */
public final class PairSearch {

    private final double[] rows;
    private final double[] columns;
    private final int[] ranks;
    private final double[] rowMasses;
    private final double[] columnMasses;
    private final double[] prefix;

    private PairSearch(double[] rows, double[] columns, double[] rowMasses, double[] columnMasses) {
        var order = IntStream.range(0, columns.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer j) -> -columns[j]))
                .mapToInt(j -> j)
                .toArray();
        this.rows = rows;
        this.rowMasses = rowMasses;
        this.columns = Arrays.stream(order).mapToDouble(j -> columns[j]).toArray();
        this.columnMasses =
                Arrays.stream(order).mapToDouble(j -> columnMasses[j]).toArray();
        this.ranks = new int[order.length];
        this.prefix = new double[order.length + 1];
        for (int rank = 0; rank < order.length; rank++) {
            ranks[order[rank]] = rank;
            prefix[rank + 1] = prefix[rank] + this.columnMasses[rank];
        }
    }

    /**
     * The pairs with the most mass.
     *
     * @param rows λ, not below 0
     * @param columns μ, not below 0
     * @param share ρ of the mass that is to stay, in (0, 1]; at 1 every pair stays
     */
    public static PairMask of(double[] rows, double[] columns, double share) {
        return of(rows, columns, rows, columns, share);
    }

    /**
     * The pairs with the highest scores, as many as give a share of the mass.
     *
     * @param rows a, not below 0
     * @param columns b, not below 0
     * @param rowMasses c, not below 0
     * @param columnMasses d, not below 0
     * @param share as above
     * @throws IllegalArgumentException if a number is negative or not finite, or the share is out of its range
     */
    public static PairMask of(
            double[] rows, double[] columns, double[] rowMasses, double[] columnMasses, double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("share must be above 0 and at most 1 but was " + share);
        }
        for (var numbers : new double[][] {rows, columns, rowMasses, columnMasses}) {
            if (Arrays.stream(numbers).anyMatch(number -> !(number >= 0 && number < Double.POSITIVE_INFINITY))) {
                throw new IllegalArgumentException("scores and masses must be finite and not below 0");
            }
        }
        return new PairSearch(rows, columns, rowMasses, columnMasses).find(share);
    }

    private PairMask find(double share) {
        var counts = new int[rows.length];
        Arrays.fill(counts, columns.length);
        if (share == 1) {
            return new PairMask(counts, ranks);
        }
        double target = share * mass(counts);
        long enough = 0;
        long tooHigh = Double.doubleToLongBits(Double.POSITIVE_INFINITY);
        while (tooHigh - enough > 1) {
            long middle = enough + (tooHigh - enough) / 2;
            if (mass(atLeast(Double.longBitsToDouble(middle))) >= target) {
                enough = middle;
            } else {
                tooHigh = middle;
            }
        }
        return new PairMask(filled(Double.longBitsToDouble(enough), target), ranks);
    }

    /** All pairs above {@code threshold}, and of those that equal it as many as the mass still needs. */
    private int[] filled(double threshold, double target) {
        var counts = atLeast(Math.nextUp(threshold));
        var most = atLeast(threshold);
        double mass = mass(counts);
        for (int i = 0; i < counts.length; i++) {
            while (counts[i] < most[i] && mass < target) {
                mass += rowMasses[i] * columnMasses[counts[i]++];
            }
        }
        return counts;
    }

    private int[] atLeast(double threshold) {
        var counts = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            int low = 0;
            int high = columns.length;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (rows[i] * columns[middle] >= threshold) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            counts[i] = low;
        }
        return counts;
    }

    private double mass(int[] counts) {
        double mass = 0;
        for (int i = 0; i < counts.length; i++) {
            mass += rowMasses[i] * prefix[counts[i]];
        }
        return mass;
    }
}
