package io.expunge.lab;

import io.expunge.engine.Monitor;
import io.expunge.lab.Report.Spread;
import io.expunge.lab.VisionProblem.Score;
import io.expunge.method.LayerShare;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What the curvature edit and truncation do to a vision transformer that has learned a tenth of its labels wrong and by heart:
 * Merullo et al. 2025, §5, <a href="https://arxiv.org/abs/2510.24256">paper</a>, in small. Edits are chosen on half of the
 * wrongly labelled records and half of the held-out ones and judged on the others.
 */
public final class CurvatureVisionExperiment implements Experiment {

    private static final Map<String, String> TITLES = Map.of(
            "original", "nothing",
            "curvature", "curvature edit",
            "svd", "truncated singular values");

    private record Data(String name, LongFunction<VisionProblem> problem) {}

    @Override
    public String name() {
        return "curvature-vit";
    }

    @Override
    public Set<String> takes() {
        return Set.of("--first-seed");
    }

    @Override
    public void run(Path data, int seeds, LabOptions options, Report report) {
        var digits = LabData.mnist(data, 1, 28, 28);
        var pictures = LabData.cifar(data);
        var all = new LinkedHashMap<String, List<Score>>();
        long done = 0;
        for (var set : List.of(
                new Data("mnist10k", seed -> VisionProblem.digits(digits, seed)),
                new Data("cifar10", seed -> VisionProblem.pictures(pictures, seed)))) {
            var rows = new LinkedHashMap<String, List<Score>>();
            for (int i = 0; i < seeds; i++) {
                int seed = options.firstSeed() + i;
                measure(set, seed, rows, report);
                report.progress(set.name() + " seed " + seed, ++done, 2L * seeds);
            }
            table(set.name(), rows, report);
            rows.forEach((row, scores) ->
                    all.computeIfAbsent(row, name -> new ArrayList<>()).addAll(scores));
        }
        figures("", all, report);
    }

    private static void measure(Data set, int seed, Map<String, List<Score>> rows, Report report) {
        var problem = set.problem().apply(seed);
        var told = new Monitor() {
            @Override
            public void progress(String stage, long done, long total, double loss) {
                if (done % 250 == 0) {
                    report.progress(stage, done, total);
                }
            }
        };
        try (var network = problem.trained(seed, told);
                var edits = new VisionEdits(problem, network)) {
            add(rows, "original", VisionProblem.score(network, problem.judged()));
            var curvature = edits.curvature();
            add(rows, "curvature", edits.after(curvature));
            var truncation = edits.truncation();
            add(rows, "svd", edits.after(truncation));
            report.line(set.name() + " seed " + seed + ", curvature edit: " + chosen(curvature.layers()));
            report.line(set.name() + " seed " + seed + ", truncation: " + chosen(truncation.layers()));
        }
    }

    private static void add(Map<String, List<Score>> rows, String row, Score score) {
        rows.computeIfAbsent(row, name -> new ArrayList<>()).add(score);
    }

    /** Shares by what stands before the last part of a layer's name. */
    private static String chosen(List<LayerShare> layers) {
        var groups = new LinkedHashMap<String, Double>();
        layers.forEach(layer -> groups.put(
                layer.layer()
                        .replace("vit.encoder.layer.", "")
                        .replaceAll("\\.attention.*", ".attention")
                        .replaceAll("\\.(intermediate|output)\\.dense", ".mlp"),
                layer.keptShare()));
        return groups.entrySet().stream()
                .map(group -> group.getKey() + " " + group.getValue())
                .collect(Collectors.joining(", "));
    }

    private static void table(String set, Map<String, List<Score>> rows, Report report) {
        report.line("");
        report.line(set);
        var lines = new ArrayList<List<String>>();
        rows.forEach((row, scores) -> lines.add(List.of(
                Objects.requireNonNull(TITLES.get(row)),
                cell(report, set + "." + row + ".wrong", scores, Score::wrong),
                cell(report, set + "." + row + ".right", scores, Score::right),
                cell(report, set + "." + row + ".validation", scores, Score::heldOut))));
        report.table(List.of("edit", "wrong labels", "their true labels", "validation"), lines);
        figures(set + ".", rows, report);
    }

    private static String cell(Report report, String key, List<Score> scores, ToDoubleFunction<Score> figure) {
        var spread = report.figures(
                key, scores.stream().mapToDouble(figure).map(x -> 100 * x).toArray());
        return String.format(Locale.ROOT, "%.1f ± %.1f", spread.mean(), spread.deviation());
    }

    /** What edits change, in points. */
    private static void figures(String prefix, Map<String, List<Score>> rows, Report report) {
        var before = Objects.requireNonNull(rows.get("original"));
        for (var row : List.of("curvature", "svd")) {
            var after = Objects.requireNonNull(rows.get(row));
            figure(report, prefix + row + ".memoriseddrop", before, after, score -> -score.wrong());
            figure(report, prefix + row + ".truelabelgain", before, after, Score::right);
            figure(report, prefix + row + ".validationgain", before, after, Score::heldOut);
        }
    }

    private static void figure(
            Report report, String key, List<Score> before, List<Score> after, ToDoubleFunction<Score> figure) {
        var gains = new double[before.size()];
        for (int i = 0; i < gains.length; i++) {
            gains[i] = 100 * (figure.applyAsDouble(after.get(i)) - figure.applyAsDouble(before.get(i)));
        }
        Spread spread = report.figures(key, gains);
        report.line(String.format(Locale.ROOT, "%s: %.1f ± %.1f", key, spread.mean(), spread.deviation()));
    }
}
