package io.expunge.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Collects the rows of one split and prints means with spread. */
final class BenchmarkTable {

    static final List<String> ROWS = List.of(
            "original",
            "retrain",
            "null",
            "ga",
            "graddiff",
            "npo",
            "npo-rt",
            "npo-kl",
            "simnpo",
            "idkdpo",
            "rmu",
            "auto");

    /** A utility below this counts as this, so that shares of it stay numbers. */
    static final double LEAST = 1e-9;

    private static final List<String> COLUMNS =
            List.of("fq", "ksd", "mu", "muratio", "es", "em", "privleak", "relearn", "quant4", "cost");
    private final String split;
    private final TextBenchmark.Split texts;
    private final BenchmarkModels models;
    private final Report report;
    private final Map<String, List<Map<String, Double>>> rows = new LinkedHashMap<>();
    private final List<Double> original = new ArrayList<>();

    BenchmarkTable(String split, TextBenchmark.Split texts, BenchmarkModels models, Report report) {
        this.split = split;
        this.texts = texts;
        this.models = models;
        this.report = report;
    }

    /** Takes one seed's figures; those of {@code original} come first. */
    void add(String row, Map<String, Double> figures) {
        var all = new TreeMap<>(figures);
        var seeds = rows.computeIfAbsent(row, key -> new ArrayList<>());
        if (row.equals("original")) {
            original.add(all.get("mu"));
        }
        if (!original.isEmpty()) {
            all.put("muratio", Objects.requireNonNull(all.get("mu")) / Math.max(LEAST, original.getLast()));
        }
        seeds.add(all);
    }

    void print() {
        report.line("");
        report.line(split + ": " + texts.forget().size() + " texts to forget, "
                + texts.retain().size()
                + " that stay; GPT-2 of " + models.decoder().layers() + " blocks of width "
                + models.decoder().width() + "; mean ± sample standard deviation");
        print(COLUMNS);
        report.line("");
        report.line("utility in its parts");
        print(parts());
    }

    /** Three of each set of questions. */
    private List<String> parts() {
        return Stream.concat(Stream.of("retain"), models.data().general().keySet().stream())
                .flatMap(set -> Stream.of(set + "-probability", set + "-recall", set + "-truthratio"))
                .toList();
    }

    private void print(List<String> columns) {
        var header = new ArrayList<>(List.of("model"));
        header.addAll(columns);
        var lines = new ArrayList<List<String>>();
        rows.forEach((row, seeds) -> {
            var line = new ArrayList<>(List.of(row));
            for (var column : columns) {
                line.add(cell(row, column, seeds));
            }
            lines.add(line);
        });
        report.table(header, lines);
    }

    private String cell(String row, String column, List<Map<String, Double>> seeds) {
        if (seeds.stream().anyMatch(one -> !one.containsKey(column))) {
            return "";
        }
        var spread = report.figures(
                split + "." + row + "." + column,
                seeds.stream()
                        .mapToDouble(one -> Objects.requireNonNull(one.get(column)))
                        .toArray());
        return column.equals("fq")
                ? String.format(Locale.ROOT, "%.2g ± %.1g", spread.mean(), spread.deviation())
                : String.format(Locale.ROOT, "%.3f ± %.3f", spread.mean(), spread.deviation());
    }
}
