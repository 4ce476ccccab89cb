package io.expunge.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Collects the rows of one split and prints means with spread. */
final class TofuTable {

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
    private static final List<String> UTILITY = List.of(
            "retain-probability",
            "retain-recall",
            "retain-truthratio",
            "authors-probability",
            "authors-recall",
            "authors-truthratio",
            "facts-probability",
            "facts-recall",
            "facts-truthratio");

    private final String split;
    private final TofuData.Split texts;
    private final TofuModels models;
    private final Report report;
    private final Map<String, List<Map<String, Double>>> rows = new LinkedHashMap<>();
    private final List<Double> original = new ArrayList<>();

    TofuTable(String split, TofuData.Split texts, TofuModels models, Report report) {
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
        report.line("utility in its nine parts");
        print(UTILITY);
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
