package io.expunge.metric;

import java.util.Arrays;

/**
 * What many networks say of the same points: margins log(p/(1 − p)), networks × points. The points are the forgotten records
 * first, then some that stay, then some that none of the networks learned from.
 *
 * @param before by N networks that learned everything, each under a seed of its own
 * @param after by the same N networks, edited
 * @param predicted networks × forgotten points: what an attribution foretold of the former; none where nothing did
 * @param retrained by 2N networks that never learned from the forgotten records
 * @param forget how many points are forgotten records, at least one
 * @param retain how many stay
 * @param test how many are held out
 */
public record EnsembleMargins(
        double[][] before,
        double[][] after,
        double[][] predicted,
        double[][] retrained,
        int forget,
        int retain,
        int test) {

    /** With fewer models a side, one tells nothing from anything: their variances are mostly chance. */
    public static final int FEWEST = 10;

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if they disagree or are too small
     */
    public EnsembleMargins {
        Require.between("models", after.length, FEWEST, Integer.MAX_VALUE);
        Require.between("forget", forget, 1, Integer.MAX_VALUE);
        if (before.length != after.length || retrained.length != 2 * after.length) {
            throw new IllegalArgumentException(before.length + " networks, " + after.length + " edited and "
                    + retrained.length + " retrained, where there must be N, N and 2N");
        }
        if (predicted.length > 0
                && (predicted.length != before.length
                        || Arrays.stream(predicted).anyMatch(row -> row.length != forget))) {
            throw new IllegalArgumentException("a prediction is not of " + forget + " points by every network");
        }
        for (var side : new double[][][] {before, after, retrained}) {
            if (Arrays.stream(side).anyMatch(row -> row.length != forget + retain + test)) {
                throw new IllegalArgumentException(
                        "a network does not answer for " + (forget + retain + test) + " points");
            }
        }
    }

    /** N. */
    int models() {
        return after.length;
    }

    /** Margins of one point by the networks of a side, in the order of {@code chosen}. */
    static double[] column(double[][] side, int[] chosen, int point) {
        return Arrays.stream(chosen).mapToDouble(model -> side[model][point]).toArray();
    }

    /** The same rows with the points of a range alone. */
    static double[][] points(double[][] side, int[] chosen, int from, int to) {
        return Arrays.stream(chosen)
                .mapToObj(model -> Arrays.copyOfRange(side[model], from, to))
                .toArray(double[][]::new);
    }
}
