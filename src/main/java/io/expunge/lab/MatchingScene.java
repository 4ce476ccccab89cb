package io.expunge.lab;

import io.expunge.engine.Diverged;
import io.expunge.engine.Examples;
import io.expunge.engine.Monitor;
import io.expunge.engine.Seeds;
import io.expunge.engine.Session;
import io.expunge.method.NetworkMethod;
import io.expunge.method.OracleMatching;
import io.expunge.method.Task;
import io.expunge.method.Teacher;
import io.expunge.metric.DivergenceSummary;
import io.expunge.metric.MarginDivergence;
import io.expunge.metric.Outputs;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** One set to be forgotten: networks that learned it, networks that never did, and what edits make of the former. */
final class MatchingScene {

    /** Places of the three kinds of points that are looked at. */
    private static final int FORGET = 0;

    private static final int RETAIN = 1;
    private static final int VALIDATION = 2;
    private static final double HIGH = 0.95;

    private final MatchingProblem problem;
    private final RemovalPredictions predictions;
    private final int[] forget;
    /** Training records that may be matched: the forget set and the covered part of the retain set. */
    private final int[] matchable;

    private final Examples forgetSet;
    private final Examples retainSet;
    private final Examples coveredSet;
    private final Examples looked;
    private final int[] lookedAt;
    private final int[] ends;
    private final MatchingProblem.Trained originals;
    private final double[][] learned;
    private final double[][] retrained;
    private final double[][] fresh;
    private final float[][] taught;

    /**
     * Trains everything.
     *
     * @param models networks of each sort
     * @param teachers retrained networks whose mean logits are matched by the oracle
     */
    MatchingScene(
            MatchingProblem problem,
            MatchingSets sets,
            RemovalPredictions predictions,
            String kind,
            int half,
            int models,
            int teachers,
            long seed) {
        this.problem = problem;
        this.predictions = predictions;
        this.forget = sets.forget(kind, half);
        var rest = ForgetSets.without(problem.train().size(), forget);
        this.forgetSet = problem.train().subset(forget);
        this.retainSet = problem.train().subset(rest);
        var covered = Arrays.stream(sets.pool())
                .filter(row -> Arrays.binarySearch(forget, row) < 0)
                .toArray();
        this.matchable =
                IntStream.concat(Arrays.stream(forget), Arrays.stream(covered)).toArray();
        this.coveredSet = problem.train().subset(covered);
        var validation = sets.validation().get(half);
        this.looked = Examples.concat(
                forgetSet,
                problem.train().subset(sets.retained()),
                problem.test().subset(validation));
        this.lookedAt = IntStream.concat(
                        IntStream.concat(Arrays.stream(forget), Arrays.stream(sets.retained()))
                                .map(predictions::place),
                        IntStream.range(0, validation.length).map(i -> predictions.validation(half) + i))
                .toArray();
        this.ends = new int[] {0, forget.length, forget.length + sets.retained().length, looked.size()};
        this.originals = problem.train(problem.everything(), looked, models, Seeds.derive(seed, 1));
        this.learned = margins(originals.logits());
        this.retrained = margins(
                problem.train(rest, looked, models, Seeds.derive(seed, 2)).logits());
        this.fresh = margins(
                problem.train(rest, looked, models, Seeds.derive(seed, 3)).logits());
        var pool = problem.train(rest, problem.train().subset(matchable), teachers, Seeds.derive(seed, 4));
        this.taught = MatchingProblem.mean(pool.logits());
    }

    int forgotten() {
        return forget.length;
    }

    /** KLoM on the three kinds of points, and what an edit took in per cent of the gradients of a retraining. */
    record Result(DivergenceSummary forget, DivergenceSummary retain, DivergenceSummary validation, double cost) {}

    Result nothing() {
        return result(learned, 0);
    }

    /** Other networks that never saw the forget set: as near as one can come. */
    Result again() {
        return result(fresh, 100);
    }

    /** Predicted logits, with no network that says so. */
    Result direct(float[][] shift, double multiplier) {
        return result(shifted(shift, multiplier), 0);
    }

    Result edit(NetworkMethod method, Optional<float[][]> shift) {
        var edited = edited(method, shift);
        return result(edited.margins(), edited.cost());
    }

    /**
     * How the mean margins of networks that learned the set move to those of networks that did not, over all points that are
     * looked at.
     *
     * @param left sum of squares that a prediction leaves unexplained
     * @param all sum of squares
     */
    record Movement(double left, double all) {

        Movement and(Movement other) {
            return new Movement(left + other.left, all + other.all);
        }

        double explained() {
            return 1 - left / all;
        }
    }

    Movement movement(float[][] shift, double multiplier) {
        var predicted = shifted(shift, multiplier);
        double left = 0;
        double all = 0;
        for (int x = 0; x < looked.size(); x++) {
            double moved = mean(retrained, x) - mean(learned, x);
            double expected = mean(predicted, x) - mean(learned, x);
            left += (moved - expected) * (moved - expected);
            all += moved * moved;
        }
        return new Movement(left, all);
    }

    /** What settings are chosen by: the 95th percentile of the divergence of moments, averaged over the kinds of points. */
    double apart(NetworkMethod method, Optional<float[][]> shift) {
        var margins = edited(method, shift).margins();
        double sum = 0;
        for (int g = FORGET; g <= VALIDATION; g++) {
            var all = IntStream.range(ends[g], ends[g + 1])
                    .mapToDouble(x -> MarginDivergence.ofMoments(column(margins, x), column(retrained, x)))
                    .sorted()
                    .toArray();
            sum += all[(int) (HIGH * (all.length - 1))];
        }
        return sum / 3;
    }

    private record Edited(double[][] margins, double cost) {}

    private Edited edited(NetworkMethod method, Optional<float[][]> shift) {
        var logits = new float[originals.weights().size()][][];
        double cost = 0;
        for (int m = 0; m < logits.length; m++) {
            try (var network = problem.network(originals.weights().get(m))) {
                var session = new Session(Monitor.NONE);
                var own = shift.isPresent() ? network.logits(problem.train().subset(matchable)) : new float[0][];
                var matched = shift.isPresent() || method instanceof OracleMatching;
                try {
                    method.apply(new Task(
                            network,
                            forgetSet,
                            matched ? coveredSet : retainSet,
                            problem.recipe(),
                            Optional.empty(),
                            shift.map(added ->
                                    teacher(at -> plus(own[at], added[predictions.place(matchable[at])], 1))),
                            Optional.of(teacher(at -> taught[at])),
                            session));
                } catch (Diverged e) {
                    // counts as what is left of it
                }
                cost += session.examplesSeen() / problem.retraining(forget.length) * 100 / logits.length;
                logits[m] = finite(network.logits(looked));
            }
        }
        return new Edited(margins(logits), cost);
    }

    /** @param at by place among {@link #matchable} */
    private Teacher teacher(IntFunction<float[]> at) {
        return new Teacher() {
            @Override
            public float[][] onForget() {
                return IntStream.range(0, forget.length).mapToObj(at).toArray(float[][]::new);
            }

            @Override
            public float[][] onRetain(int[] rows) {
                return Arrays.stream(rows)
                        .map(row -> forget.length + row)
                        .mapToObj(at)
                        .toArray(float[][]::new);
            }
        };
    }

    private double[][] shifted(float[][] shift, double multiplier) {
        var all = new float[originals.logits().length][looked.size()][];
        for (int m = 0; m < all.length; m++) {
            for (int x = 0; x < looked.size(); x++) {
                all[m][x] = plus(originals.logits()[m][x], shift[lookedAt[x]], multiplier);
            }
        }
        return margins(all);
    }

    private static float[] plus(float[] logits, float[] shift, double multiplier) {
        var sum = logits.clone();
        for (int c = 0; c < sum.length; c++) {
            sum[c] += (float) (multiplier * shift[c]);
        }
        return sum;
    }

    /** A network that ran away says nothing of any class. */
    private static float[][] finite(float[][] logits) {
        for (var row : logits) {
            for (int c = 0; c < row.length; c++) {
                row[c] = Float.isFinite(row[c]) ? row[c] : 0;
            }
        }
        return logits;
    }

    private double[][] margins(float[][][] logits) {
        return Arrays.stream(logits)
                .map(some -> new Outputs(some, looked.labels()).margins())
                .toArray(double[][]::new);
    }

    private Result result(double[][] unlearned, double cost) {
        var parts = List.of(FORGET, RETAIN, VALIDATION).stream()
                .map(g -> DivergenceSummary.of(part(unlearned, g), part(retrained, g)))
                .toList();
        return new Result(parts.get(FORGET), parts.get(RETAIN), parts.get(VALIDATION), cost);
    }

    private double[][] part(double[][] margins, int group) {
        return Arrays.stream(margins)
                .map(row -> Arrays.copyOfRange(row, ends[group], ends[group + 1]))
                .toArray(double[][]::new);
    }

    private static double mean(double[][] margins, int point) {
        return Arrays.stream(column(margins, point)).average().orElseThrow();
    }

    private static double[] column(double[][] margins, int point) {
        return Arrays.stream(margins).mapToDouble(row -> row[point]).toArray();
    }
}
