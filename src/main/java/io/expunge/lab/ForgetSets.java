package io.expunge.lab;

import io.expunge.engine.Examples;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Which records are to be forgotten, as the papers on datamodel matching draw them. */
final class ForgetSets {

    static final int MANY = 100;
    static final int FEW = 10;

    private static final int ITERATIONS = 200;

    private ForgetSets() {}

    /**
     * Sets of every kind by name, each ascending.
     *
     * @param attribution τ, records × points
     * @param part which of the disjoint draws: 0 to measure on and 1 to tune on
     */
    static Map<String, int[]> of(Examples train, float[][] features, float[][] attribution, long seed, int part) {
        var random = new SplittableRandom(seed);
        var drawn = random.ints(0, train.size())
                .distinct()
                .limit(2L * (FEW + MANY) + 2)
                .toArray();
        int from = part * (FEW + MANY);
        var sets = new LinkedHashMap<String, int[]>();
        sets.put("random10", sorted(Arrays.copyOfRange(drawn, from, from + FEW)));
        sets.put("random100", sorted(Arrays.copyOfRange(drawn, from + FEW, from + FEW + MANY)));
        sets.put("neighbours", neighbours(features, drawn[drawn.length - 1 - part], MANY));
        sets.put("pc1", top(attribution, part));
        return sets;
    }

    /** A record and those nearest to it. */
    static int[] neighbours(float[][] features, int centre, int count) {
        var distance = new double[features.length];
        for (int i = 0; i < distance.length; i++) {
            for (int j = 0; j < features[i].length; j++) {
                double apart = features[i][j] - features[centre][j];
                distance[i] += apart * apart;
            }
        }
        return nearest(distance, count);
    }

    /**
     * Records with the greatest entries in the first principal component of the attribution, or those with the least.
     *
     * @param part 0 for the end that holds the greatest magnitude, 1 for the other
     */
    private static int[] top(float[][] attribution, int part) {
        var component = firstComponent(attribution);
        double high = Arrays.stream(component).max().orElseThrow();
        double low = Arrays.stream(component).min().orElseThrow();
        double sign = (high > -low ? -1 : 1) * (part == 0 ? 1 : -1);
        return nearest(Arrays.stream(component).map(entry -> sign * entry).toArray(), MANY);
    }

    /** The first left singular vector of the matrix whose columns are centred, by power iteration. */
    static double[] firstComponent(float[][] attribution) {
        int rows = attribution.length;
        int columns = attribution[0].length;
        var means = new double[columns];
        for (var row : attribution) {
            for (int x = 0; x < columns; x++) {
                means[x] += row[x] / rows;
            }
        }
        var right = new double[columns];
        Arrays.setAll(right, x -> 1 + x % 3);
        var left = new double[rows];
        for (int k = 0; k < ITERATIONS; k++) {
            var next = new double[columns];
            for (int i = 0; i < rows; i++) {
                left[i] = 0;
                for (int x = 0; x < columns; x++) {
                    left[i] += (attribution[i][x] - means[x]) * right[x];
                }
                for (int x = 0; x < columns; x++) {
                    next[x] += (attribution[i][x] - means[x]) * left[i];
                }
            }
            double norm =
                    Math.sqrt(Arrays.stream(next).map(value -> value * value).sum());
            Arrays.setAll(right, x -> next[x] / norm);
        }
        return left;
    }

    private static int[] nearest(double[] distance, int count) {
        return IntStream.range(0, distance.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> distance[i]))
                .limit(count)
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
    }

    private static int[] sorted(int[] rows) {
        Arrays.sort(rows);
        return rows;
    }

    /** All rows below {@code size} but these. */
    static int[] without(int size, int[] rows) {
        var gone = new boolean[size];
        for (int row : rows) {
            gone[row] = true;
        }
        return IntStream.range(0, size).filter(row -> !gone[row]).toArray();
    }
}
