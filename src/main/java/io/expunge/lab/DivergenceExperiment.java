package io.expunge.lab;

import io.expunge.engine.Examples;
import io.expunge.engine.Seeds;
import io.expunge.metric.DivergenceComparison;
import io.expunge.metric.EnsembleMargins;
import io.expunge.metric.Finding;
import io.expunge.metric.Findings;
import io.expunge.metric.Judgement;
import io.expunge.metric.Outcome;
import io.expunge.metric.Outputs;
import io.expunge.metric.Thresholds;
import io.expunge.metric.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What the divergence checks say of networks that were retrained, which are to pass, and of networks that were not edited at
 * all, which are not to, by number of networks: what their limits are chosen by.
 */
public final class DivergenceExperiment implements Experiment {

    private static final int[] MODELS = {10, 25, 50, 100};
    private static final int POINTS = 500;

    private final String name;
    private final long first;

    private DivergenceExperiment(String name, long first) {
        this.name = name;
        this.first = first;
    }

    /** On draws that no limit was chosen by. */
    public static DivergenceExperiment measured() {
        return new DivergenceExperiment("divergence", 61_000);
    }

    /** On those that the limits were chosen by. */
    public static DivergenceExperiment calibration() {
        return new DivergenceExperiment("divergence-calibration", 71_000);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<String> takes() {
        return Set.of("--dataset");
    }

    @Override
    public void run(Path data, int seeds, LabOptions options, Report report) {
        var problem = MatchingProblem.of(options.dataset(), data);
        var tally = new LinkedHashMap<List<String>, List<Verdict>>();
        var findings = new LinkedHashMap<List<String>, List<Finding>>();
        for (int s = 0; s < seeds; s++) {
            var sets = sets(problem, Seeds.derive(first, s));
            int done = 0;
            for (var set : sets.entrySet()) {
                var scene = new Scene(problem, set.getValue(), Seeds.derive(first + 1, s));
                for (int models : MODELS) {
                    for (boolean honest : new boolean[] {true, false}) {
                        var key = List.of(set.getKey(), honest ? "retrained" : "not edited", String.valueOf(models));
                        var found = nothing().with(scene.compared(models, honest));
                        tally.computeIfAbsent(key, k -> new ArrayList<>())
                                .add(Verdict.of(found, Thresholds.calibrated()));
                        findings.computeIfAbsent(key, k -> new ArrayList<>()).addAll(found.findings());
                    }
                }
                report.progress(name, (long) s * sets.size() + ++done, (long) seeds * sets.size());
            }
        }
        report.line(
                "How often each check passed, was inconclusive and failed, and the lowest and highest upper end of its interval");
        var rows = new ArrayList<List<String>>();
        tally.forEach((key, verdicts) -> rows.add(row(key, verdicts, findings.getOrDefault(key, List.of()), report)));
        report.table(
                List.of(
                        "forget set",
                        "networks",
                        "N",
                        "forget.klom",
                        "retain.klom",
                        "test.klom",
                        "forget.likelihood-ratio"),
                rows);
    }

    private static Findings nothing() {
        return new Findings(List.of(), List.of(), Map.of(), 1, 0, 0, 0, 0, null, null);
    }

    private static List<String> row(List<String> key, List<Verdict> verdicts, List<Finding> findings, Report report) {
        var row = new ArrayList<>(key);
        for (int c = 0; c < verdicts.getFirst().judgements().size(); c++) {
            int place = c;
            var judged = verdicts.stream()
                    .map(verdict -> verdict.judgements().get(place))
                    .toList();
            var check = judged.getFirst().check();
            var ends = findings.stream()
                    .filter(finding -> finding.check().equals(check))
                    .mapToDouble(Finding::high)
                    .summaryStatistics();
            var figure = String.join(".", key).replace(' ', '-') + "." + check + ".";
            report.figure(figure + "passed", count(judged, Outcome.PASSED));
            report.figure(figure + "inconclusive", count(judged, Outcome.INCONCLUSIVE));
            report.figure(figure + "failed", count(judged, Outcome.FAILED));
            report.figure(figure + "high.min", ends.getMin());
            report.figure(figure + "high.max", ends.getMax());
            row.add(String.format(
                    Locale.ROOT,
                    "%d/%d/%d %.2f to %.2f",
                    count(judged, Outcome.PASSED),
                    count(judged, Outcome.INCONCLUSIVE),
                    count(judged, Outcome.FAILED),
                    ends.getMin(),
                    ends.getMax()));
        }
        return row;
    }

    private static int count(List<Judgement> judged, Outcome outcome) {
        return (int) judged.stream().filter(one -> one.outcome() == outcome).count();
    }

    private static Map<String, int[]> sets(MatchingProblem problem, long seed) {
        var random = new SplittableRandom(seed);
        var drawn = random.ints(0, problem.train().size())
                .distinct()
                .limit(ForgetSets.FEW + ForgetSets.MANY + 1L)
                .toArray();
        var sets = new LinkedHashMap<String, int[]>();
        sets.put("random10", sorted(Arrays.copyOf(drawn, ForgetSets.FEW)));
        sets.put("random100", sorted(Arrays.copyOfRange(drawn, ForgetSets.FEW, ForgetSets.FEW + ForgetSets.MANY)));
        var weights =
                problem.train(problem.everything(), problem.test(), 1, seed).weights();
        try (var network = problem.network(weights.getFirst())) {
            var features = network.features(problem.train());
            sets.put(
                    "neighbours",
                    ForgetSets.neighbours(features, drawn[ForgetSets.FEW + ForgetSets.MANY], ForgetSets.MANY));
        }
        return sets;
    }

    private static int[] sorted(int[] rows) {
        Arrays.sort(rows);
        return rows;
    }

    /** Margins of one forget set by enough networks for every N. */
    private static final class Scene {

        private final double[][] learned;
        private final double[][] retrained;
        private final double[][] fresh;
        private final int forget;
        private final int retain;
        private final int test;
        private final long seed;

        Scene(MatchingProblem problem, int[] forgotten, long seed) {
            this.seed = seed;
            int most = MODELS[MODELS.length - 1];
            var rest = ForgetSets.without(problem.train().size(), forgotten);
            var random = new SplittableRandom(seed);
            var stays = random.ints(0, rest.length)
                    .distinct()
                    .limit(POINTS)
                    .map(at -> rest[at])
                    .toArray();
            var held = random.ints(0, problem.test().size())
                    .distinct()
                    .limit(POINTS)
                    .toArray();
            forget = forgotten.length;
            retain = stays.length;
            test = held.length;
            var points = Examples.concat(
                    problem.train().subset(forgotten),
                    problem.train().subset(stays),
                    problem.test().subset(held));
            learned = margins(problem, problem.everything(), points, most, Seeds.derive(seed, 1));
            retrained = margins(problem, rest, points, 2 * most, Seeds.derive(seed, 2));
            fresh = margins(problem, rest, points, most, Seeds.derive(seed, 3));
        }

        private static double[][] margins(MatchingProblem problem, int[] rows, Examples points, int count, long seed) {
            return Arrays.stream(problem.train(rows, points, count, seed).logits())
                    .map(logits -> new Outputs(logits, points.labels()).margins())
                    .toArray(double[][]::new);
        }

        DivergenceComparison compared(int models, boolean honest) {
            var before = Arrays.copyOf(learned, models);
            return new DivergenceComparison(
                    new EnsembleMargins(
                            before,
                            honest ? Arrays.copyOf(fresh, models) : before,
                            new double[0][],
                            Arrays.copyOf(retrained, 2 * models),
                            forget,
                            retain,
                            test),
                    seed);
        }
    }
}
