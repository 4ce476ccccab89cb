package io.expunge.lab;

import io.expunge.engine.Examples;
import io.expunge.engine.Seeds;
import io.expunge.influence.Trak;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which records of a repetition are forgotten, tuned on and looked at.
 *
 * @param forget to be forgotten by kind, each twice: what is measured and what settings are chosen by
 * @param pool retained records that a network may be matched on
 * @param retained records that no set forgets and that are looked at
 * @param validation records of the test set that are looked at, likewise twice
 */
record MatchingSets(Map<String, List<int[]>> forget, int[] pool, int[] retained, List<int[]> validation) {

    /** Of the two sets of a kind, the one that the table counts. */
    static final int MEASURED = 0;
    /** The one that settings are chosen by. */
    static final int TUNING = 1;

    private static final int OF_TRAK = 3;
    private static final double RIDGE = 10;

    static MatchingSets draw(
            MatchingProblem problem, MatchingProblem.Trained checkpoints, int pool, int points, long seed) {
        var tests = distinct(problem.test().size(), 2 * points, Seeds.derive(seed, 1));
        var validation = List.of(Arrays.copyOf(tests, points), Arrays.copyOfRange(tests, points, 2 * points));
        var scores = scores(problem, checkpoints, problem.test().subset(validation.get(TUNING)), seed);
        float[][] features;
        try (var network = problem.network(checkpoints.weights().getFirst())) {
            features = network.features(problem.train());
        }
        Map<String, List<int[]>> forget = new LinkedHashMap<>();
        var measured = ForgetSets.of(problem.train(), features, scores, Seeds.derive(seed, 2), MEASURED);
        var tuning = ForgetSets.of(problem.train(), features, scores, Seeds.derive(seed, 2), TUNING);
        measured.forEach((kind, rows) -> forget.put(kind, List.of(rows, Objects.requireNonNull(tuning.get(kind)))));
        var staying = ForgetSets.without(problem.train().size(), all(forget).toArray());
        var retained = Arrays.stream(distinct(staying.length, points, Seeds.derive(seed, 3)))
                .map(at -> staying[at])
                .toArray();
        return new MatchingSets(
                forget, distinct(problem.train().size(), pool, Seeds.derive(seed, 4)), retained, validation);
    }

    private static float[][] scores(
            MatchingProblem problem, MatchingProblem.Trained checkpoints, Examples points, long seed) {
        double ridge = RIDGE * problem.recipe().weightDecay() * problem.train().size();
        try (var trak = new Trak(problem.mlp(), problem.train(), points, problem.dimensions(), ridge)) {
            for (int m = 0; m < Math.min(OF_TRAK, checkpoints.weights().size()); m++) {
                trak.add(checkpoints.weights().get(m), checkpoints.logits()[m], Seeds.derive(Seeds.derive(seed, 5), m));
            }
            return trak.scores();
        }
    }

    /** Records to be forgotten. */
    int[] forget(String kind, int half) {
        var both = forget.get(kind);
        if (both == null) {
            throw new IllegalArgumentException("there is no forget set " + kind);
        }
        return both.get(half);
    }

    private static IntStream all(Map<String, List<int[]>> forget) {
        return forget.values().stream().flatMap(List::stream).flatMapToInt(Arrays::stream);
    }

    /** Training records whose outputs must be predicted, ascending. */
    int[] predicted() {
        return Stream.of(all(forget), Arrays.stream(pool), Arrays.stream(retained))
                .flatMapToInt(rows -> rows)
                .distinct()
                .sorted()
                .toArray();
    }

    private static int[] distinct(int size, int count, long seed) {
        return new SplittableRandom(seed)
                .ints(0, size)
                .distinct()
                .limit(Math.min(size, count))
                .sorted()
                .toArray();
    }
}
