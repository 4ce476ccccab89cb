package io.expunge.lab;

import io.expunge.engine.Examples;
import io.expunge.engine.Seeds;
import io.expunge.influence.Datamodels;
import io.expunge.influence.TrakRemoval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What attributions say that leaving each set out adds to the logits, by the setting of their one penalty.
 *
 * <p>Points are training records that {@link MatchingSets#predicted} names, then both halves of the validation records.
 */
final class RemovalPredictions {

    /** In multiples of the curvature that weight decay gives a training. */
    private static final double[] RIDGES = {3, 10};
    /** In multiples of the variance of a membership. */
    private static final double[] SHARES = {0.03, 0.1, 0.3, 1};

    private final MatchingProblem problem;
    private final MatchingSets sets;
    private final Map<Integer, Integer> places = new HashMap<>();
    private final int trainPoints;
    private final Examples points;
    private final Map<String, Map<String, List<float[][]>>> shifts = new LinkedHashMap<>();

    RemovalPredictions(MatchingProblem problem, MatchingSets sets) {
        this.problem = problem;
        this.sets = sets;
        var rows = sets.predicted();
        for (int i = 0; i < rows.length; i++) {
            places.put(rows[i], i);
        }
        this.trainPoints = rows.length;
        this.points = Examples.concat(
                problem.train().subset(rows),
                problem.test().subset(sets.validation().get(MatchingSets.MEASURED)),
                problem.test().subset(sets.validation().get(MatchingSets.TUNING)));
    }

    /** Place among the points of a training record. */
    int place(int row) {
        var place = places.get(row);
        if (place == null) {
            throw new IllegalArgumentException("record " + row + " has no prediction");
        }
        return place;
    }

    /** Place among the points of the first validation record of a half. */
    int validation(int half) {
        return trainPoints
                + (half == MatchingSets.MEASURED ? 0 : sets.validation().get(MatchingSets.MEASURED).length);
    }

    /**
     * By the estimator's setting, points × classes.
     *
     * @param row of the table, {@code dmm-trak} or {@code dmm-datamodel}
     */
    List<float[][]> of(String row, String kind, int half) {
        var predictions = shifts.get(row);
        var found = predictions == null ? null : predictions.get(name(kind, half));
        if (found == null) {
            throw new IllegalStateException("nothing was predicted for " + row + " " + kind);
        }
        return found;
    }

    /** How many values of its penalty an estimator has. */
    int settings(String row) {
        return row.equals("dmm-trak") ? RIDGES.length : SHARES.length;
    }

    void byTrak(MatchingProblem.Trained checkpoints, long seed) {
        double natural = problem.recipe().weightDecay() * problem.train().size();
        var all = named();
        var removal = new TrakRemoval(
                problem.mlp(),
                problem.train(),
                points,
                problem.dimensions(),
                Arrays.stream(RIDGES).map(ridge -> ridge * natural).toArray(),
                all.values().toArray(int[][]::new));
        for (int m = 0; m < checkpoints.weights().size(); m++) {
            removal.add(checkpoints.weights().get(m), checkpoints.logits()[m], Seeds.derive(seed, m));
        }
        Map<String, List<float[][]>> found = new LinkedHashMap<>();
        int set = 0;
        for (var name : all.keySet()) {
            List<float[][]> byRidge = new ArrayList<>();
            for (int r = 0; r < RIDGES.length; r++) {
                byRidge.add(removal.shift(r, set));
            }
            found.put(name, byRidge);
            set++;
        }
        shifts.put("dmm-trak", found);
    }

    void byDatamodels(long seed, HalfModels.Told told) {
        int classes = problem.mlp().classes();
        var halves = new HalfModels(problem.mlp(), problem.recipe(), problem.train(), points);
        try (var datamodels = new Datamodels(problem.train().size(), points.size() * classes)) {
            halves.logits(
                    halves.halves(problem.halves(), Seeds.derive(seed, 0)),
                    Seeds.derive(seed, 1),
                    (parts, logits, done) -> {
                        datamodels.add(
                                parts,
                                Arrays.stream(logits)
                                        .map(RemovalPredictions::flat)
                                        .toArray(float[][]::new));
                        told.done(done);
                    });
            Map<String, List<float[][]>> found = new LinkedHashMap<>();
            named().forEach((name, rows) -> found.put(
                    name,
                    Arrays.stream(SHARES)
                            .mapToObj(share -> square(datamodels.removed(rows, share), classes))
                            .toList()));
            shifts.put("dmm-datamodel", found);
        }
    }

    private Map<String, int[]> named() {
        Map<String, int[]> named = new LinkedHashMap<>();
        sets.forget().forEach((kind, both) -> {
            named.put(name(kind, MatchingSets.MEASURED), both.get(MatchingSets.MEASURED));
            named.put(name(kind, MatchingSets.TUNING), both.get(MatchingSets.TUNING));
        });
        return named;
    }

    private static String name(String kind, int half) {
        return kind + " " + half;
    }

    private static float[] flat(float[][] rows) {
        int width = rows[0].length;
        var flat = new float[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, flat, i * width, width);
        }
        return flat;
    }

    private static float[][] square(float[] flat, int width) {
        var rows = new float[flat.length / width][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(flat, i * width, (i + 1) * width);
        }
        return rows;
    }
}
