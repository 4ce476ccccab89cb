package io.expunge.metric;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How many records have a value in which bin: all that is kept of single records' values. The bins are cut at fixed places,
 * and where one holds some records but too few, it is put together with its neighbours until it holds enough, so that no bin
 * is about one record. Nothing at all is kept of a set with fewer than {@value #LEAST_RECORDS} records.
 *
 * @param edges between bins, ascending; the first bin reaches down and the last one up without end, and a bin holds its
 *     upper edge
 * @param counts records by bin, one more than edges; empty where they are withheld
 */
public record Histogram(List<Double> edges, List<Integer> counts) {

    /** A smaller set is one person's few records, and its histogram would be a list of them. */
    public static final int LEAST_RECORDS = 10;

    /** The least that a bin holds unless it is empty: the threshold rule of official statistics. */
    public static final int LEAST_IN_BIN = 5;

    private static final Histogram WITHHELD = new Histogram(List.of(), List.of());

    public Histogram {
        edges = List.copyOf(edges);
        counts = List.copyOf(counts);
    }

    /**
     * Counts values of one network.
     *
     * @param values one for each record, finite
     * @param edges where bins may be cut, ascending
     */
    static Histogram of(double[] values, double[] edges) {
        return of(List.of(values), edges);
    }

    /**
     * Counts the values of several networks together. A record counts once for each network, so the least that a set and
     * a bin must hold grows with their number.
     *
     * @param values by network, then by record
     */
    static Histogram of(List<double[]> values, double[] edges) {
        int networks = values.size();
        var fine = new int[edges.length + 1];
        int all = 0;
        for (var ofNetwork : values) {
            for (double value : ofNetwork) {
                fine[bin(value, edges)]++;
                all++;
            }
        }
        return all < LEAST_RECORDS * networks || networks == 0
                ? WITHHELD
                : together(fine, edges, LEAST_IN_BIN * networks);
    }

    /** Whether the set was too small for anything to be kept. */
    public boolean withheld() {
        return counts.isEmpty();
    }

    /** How many were counted. */
    public int total() {
        return counts.stream().mapToInt(Integer::intValue).sum();
    }

    private static int bin(double value, double[] edges) {
        int place = java.util.Arrays.binarySearch(edges, value);
        return place >= 0 ? place : -place - 1;
    }

    private static Histogram together(int[] fine, double[] edges, int least) {
        var cuts = new ArrayList<Double>();
        var counts = new ArrayList<Integer>();
        int open = 0;
        int lastFull = -1;
        for (int i = 0; i < fine.length; i++) {
            // an empty stretch stands alone only beside a bin that tells nothing of a single record
            boolean afterEmpty = open == 0 && i > 0 && fine[i] >= least && lastFull < i - 1;
            if (afterEmpty) {
                cuts.add(edges[i - 1]);
                counts.add(0);
            }
            open += fine[i];
            if (open >= least) {
                if (i < edges.length) {
                    cuts.add(edges[i]);
                }
                counts.add(open);
                open = 0;
                lastFull = i;
            }
        }
        if (lastFull == fine.length - 1) {
            return new Histogram(cuts, counts);
        }
        if (open == 0 && fine[lastFull] >= least) {
            counts.add(0);
            return new Histogram(cuts, counts);
        }
        return new Histogram(cuts.subList(0, cuts.size() - 1), lastWith(counts, open));
    }

    private static List<Integer> lastWith(List<Integer> counts, int more) {
        var all = new ArrayList<>(counts);
        all.set(all.size() - 1, all.getLast() + more);
        return Collections.unmodifiableList(all);
    }
}
