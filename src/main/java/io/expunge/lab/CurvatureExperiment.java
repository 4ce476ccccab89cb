package io.expunge.lab;

import io.expunge.engine.Monitor;
import io.expunge.lab.Report.Spread;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What the curvature edit, BalancedSubnet and truncation do to a small model that recites planted texts: Merullo et al. 2025,
 * table 1, <a href="https://arxiv.org/abs/2510.24256">paper</a>, in small. Every edit is tuned on strings and judged by quotes,
 * prose and sums that it has not seen.
 */
public final class CurvatureExperiment implements Experiment {

    private static final List<String> ROWS = List.of("original", "curvature", "bsn", "svd", "bare", "bsnfree");

    private static final Map<String, String> TITLES = Map.of(
            "original", "nothing",
            "curvature", "curvature edit, sums protected",
            "bsn", "BalancedSubnet at its perplexity",
            "svd", "truncated singular values at its perplexity",
            "bare", "curvature edit, nothing protected",
            "bsnfree", "BalancedSubnet, perplexity up to × 1.15");

    private static final List<String> COLUMNS = List.of(
            "tuning.strict",
            "tuning.loose",
            "tuning.levenshtein",
            "tuning.shifted",
            "unseen.strict",
            "unseen.loose",
            "unseen.levenshtein",
            "unseen.shifted",
            "perplexityratio",
            "ndcg",
            "sums",
            "facts",
            "lookups");

    @Override
    public String name() {
        return "curvature-lm";
    }

    @Override
    public boolean needsData() {
        return false;
    }

    @Override
    public Set<String> takes() {
        return Set.of("--first-seed");
    }

    @Override
    public void run(Path data, int seeds, LabOptions options, Report report) {
        Map<String, List<Map<String, Double>>> rows = new LinkedHashMap<>();
        ROWS.forEach(row -> rows.put(row, new ArrayList<>()));
        for (int i = 0; i < seeds; i++) {
            measure(options.firstSeed() + i, rows, report);
            report.progress("seeds", i + 1, seeds);
        }
        table(rows, report);
        var cost = CurvatureCost.measure(seeds);
        cost.forEach((key, values) -> report.figures("cost." + key, values));
        report.line("");
        cost.forEach((key, values) ->
                report.line(String.format(Locale.ROOT, "cost.%s: %s", key, cell("cost", Spread.of(values)))));
    }

    private static void measure(int seed, Map<String, List<Map<String, Double>>> rows, Report report) {
        var told = new Monitor() {
            @Override
            public void progress(String stage, long done, long total, double loss) {
                if (done % 1_000 == 0) {
                    report.progress(stage, done, total);
                }
            }
        };
        try (var problem = CurvatureProblem.of(seed, told)) {
            var score = new CurvatureScore(problem);
            of(rows, "original").add(score.of(problem.model()));
            try (var edits = new CurvatureEdits(problem, score)) {
                edits.chosen().forEach((row, method) -> {
                    report.line("seed " + seed + ", " + row + ": " + shortened(method.toString()));
                    of(rows, row).add(edits.after(method, score::of));
                });
            }
        }
    }

    private static List<Map<String, Double>> of(Map<String, List<Map<String, Double>>> rows, String row) {
        return Objects.requireNonNull(rows.get(row));
    }

    private static String shortened(String method) {
        return method.length() <= 400
                ? method
                : method.substring(0, 200) + " … " + method.substring(method.length() - 180);
    }

    private static void table(Map<String, List<Map<String, Double>>> rows, Report report) {
        var header = new ArrayList<String>();
        header.add("edit");
        header.addAll(COLUMNS);
        var lines = new ArrayList<List<String>>();
        rows.forEach((row, seeds) -> {
            var line = new ArrayList<String>();
            line.add(TITLES.get(row));
            for (var column : COLUMNS) {
                var spread = report.figures(
                        key(row, column),
                        seeds.stream()
                                .mapToDouble(figures -> figures.get(column))
                                .toArray());
                line.add(cell(column, spread));
            }
            lines.add(line);
        });
        report.table(header, lines);
    }

    /** Sets stand before rows: {@code tuning.curvature.strict}, but {@code curvature.perplexityratio}. */
    private static String key(String row, String column) {
        int dot = column.indexOf('.');
        return dot < 0 ? row + "." + column : column.substring(0, dot) + "." + row + column.substring(dot);
    }

    private static String cell(String column, Spread spread) {
        var format = column.endsWith("levenshtein")
                        || column.equals("perplexityratio")
                        || column.equals("ndcg")
                        || column.equals("cost")
                ? "%.3f ± %.3f"
                : "%.1f ± %.1f";
        return String.format(Locale.ROOT, format, spread.mean(), spread.deviation());
    }
}
