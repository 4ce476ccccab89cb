package io.expunge.lab;

import io.expunge.metric.DivergenceSummary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Gathers divergences over repetitions. */
final class MatchingTable {

    static final Map<String, String> TITLES = titles();

    private final Map<String, Map<String, List<MatchingScene.Result>>> results = new LinkedHashMap<>();
    private final Map<String, List<Double>> explained = new LinkedHashMap<>();

    private static Map<String, String> titles() {
        Map<String, String> titles = new LinkedHashMap<>();
        titles.put("retrain", "retrained again (the null)");
        titles.put("nothing", "nothing done");
        titles.put("ga", "gradient ascent");
        titles.put("graddiff", "gradient difference");
        titles.put("neggrad", "NegGrad+");
        titles.put("scrub", "SCRUB");
        titles.put("l1-sparse", "l1-sparse");
        titles.put("dmm-trak", "DMM from TRAK");
        titles.put("dmm-datamodel", "DMM from datamodels");
        titles.put("oracle", "oracle matching");
        titles.put("direct-trak", "TRAK's prediction itself");
        titles.put("direct-datamodel", "datamodels' prediction itself");
        return titles;
    }

    void add(String kind, String row, MatchingScene.Result result) {
        results.computeIfAbsent(kind, key -> new LinkedHashMap<>())
                .computeIfAbsent(row, key -> new ArrayList<>())
                .add(result);
    }

    void explained(String kind, String row, double share) {
        explained
                .computeIfAbsent(kind + "." + row + ".explained", key -> new ArrayList<>())
                .add(share);
    }

    List<String> kinds() {
        return List.copyOf(results.keySet());
    }

    /** The 95th percentile on some points, as the mean over repetitions. */
    double high(String kind, String row, Function<MatchingScene.Result, DivergenceSummary> points) {
        return mean(rows(kind, row), result -> points.apply(result).high());
    }

    boolean has(String kind, String row) {
        return results.getOrDefault(kind, Map.of()).containsKey(row);
    }

    private List<MatchingScene.Result> rows(String kind, String row) {
        var rows = results.getOrDefault(kind, Map.of()).get(row);
        if (rows == null) {
            throw new IllegalArgumentException("nothing was measured for " + row + " on " + kind);
        }
        return rows;
    }

    private static double mean(List<MatchingScene.Result> rows, ToDoubleFunction<MatchingScene.Result> figure) {
        return rows.stream().mapToDouble(figure).average().orElseThrow();
    }

    void print(Report report) {
        explained.forEach((key, shares) -> report.figures(
                key, shares.stream().mapToDouble(Double::doubleValue).toArray()));
        var nulls = new ArrayList<Double>();
        for (var kind : kinds()) {
            report.line("");
            explained.forEach((key, shares) -> {
                if (key.startsWith(kind + ".")) {
                    report.line(String.format(
                            Locale.ROOT,
                            "%s: %.0f %% of how margins move",
                            key,
                            100
                                    * shares.stream()
                                            .mapToDouble(Double::doubleValue)
                                            .average()
                                            .orElseThrow()));
                }
            });
            report.line(kind + ": KLoM, 95th percentile (mean) over points");
            report.table(
                    List.of("", "forget", "retain", "validation", "cost %", "sd of the first"),
                    TITLES.keySet().stream()
                            .filter(row -> has(kind, row))
                            .map(row -> cells(kind, row, report))
                            .toList());
            nulls.add(high(kind, "retrain", MatchingScene.Result::forget));
        }
        report.figure(
                "null.klom.p95",
                nulls.stream().mapToDouble(Double::doubleValue).average().orElseThrow());
    }

    private List<String> cells(String kind, String row, Report report) {
        var measured = rows(kind, row);
        var key = kind + "." + row;
        var cost = report.figures(
                key + ".cost",
                measured.stream().mapToDouble(MatchingScene.Result::cost).toArray());
        double deviation = report.figures(
                        key + ".klom.forget.p95s",
                        measured.stream()
                                .mapToDouble(result -> result.forget().high())
                                .toArray())
                .deviation();
        return List.of(
                TITLES.getOrDefault(row, row),
                cell(key + ".klom.forget", measured, MatchingScene.Result::forget, report),
                cell(key + ".klom.retain", measured, MatchingScene.Result::retain, report),
                cell(key + ".klom.validation", measured, MatchingScene.Result::validation, report),
                String.format(Locale.ROOT, "%.2f", cost.mean()),
                measured.size() < 2 ? "" : String.format(Locale.ROOT, "%.2f", deviation));
    }

    private static String cell(
            String key,
            List<MatchingScene.Result> measured,
            Function<MatchingScene.Result, DivergenceSummary> points,
            Report report) {
        double high = mean(measured, result -> points.apply(result).high());
        double mean = mean(measured, result -> points.apply(result).mean());
        report.figure(key + ".p95", high);
        report.figure(key + ".mean", mean);
        report.figure(key + ".p5", mean(measured, result -> points.apply(result).low()));
        return String.format(Locale.ROOT, "%.2f (%.2f)", high, mean);
    }
}
