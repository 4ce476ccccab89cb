package io.expunge.lab;

import io.expunge.metric.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;

/** Gathers scores over repetitions. */
final class AttributionTable {

    private record Key(String estimator, int models) {}

    private record Row(List<Double> means, List<Interval> intervals) {}

    private final Map<Key, Row> rows = new LinkedHashMap<>();
    private final List<Double> alone = new ArrayList<>();
    private final List<Double> sideBySide = new ArrayList<>();
    private final List<Double> ceilings = new ArrayList<>();

    void speed(double modelsAMinuteAlone, double modelsAMinuteSideBySide) {
        alone.add(modelsAMinuteAlone);
        sideBySide.add(modelsAMinuteSideBySide);
    }

    void ceiling(double[] agreement) {
        ceilings.add(DoubleStream.of(agreement).average().orElseThrow());
    }

    void add(String estimator, int models, double[] scores, Interval interval) {
        var row =
                rows.computeIfAbsent(new Key(estimator, models), key -> new Row(new ArrayList<>(), new ArrayList<>()));
        row.means().add(DoubleStream.of(scores).average().orElseThrow());
        row.intervals().add(interval);
    }

    void print(Report report) {
        report.line("");
        report.table(
                List.of("estimator", "models", "LDS", "95 % of the first", "sd over draws"),
                rows.entrySet().stream()
                        .map(entry -> cells(entry.getKey(), entry.getValue(), report))
                        .toList());
        rows.entrySet().stream()
                .filter(entry -> entry.getKey().estimator().equals("lasso"))
                .reduce((earlier, later) -> later)
                .ifPresent(most -> spread("lds.datamodel", most.getValue().means(), report));
        var one = spread("ensemble.alone", alone, report);
        var many = spread("ensemble.side-by-side", sideBySide, report);
        var ratios = new ArrayList<Double>();
        for (int i = 0; i < alone.size(); i++) {
            ratios.add(sideBySide.get(i) / alone.get(i));
        }
        var ratio = spread("ensemble.ratio", ratios, report);
        var ceiling = spread("lds.two-models-of-one-half", ceilings, report);
        report.line("");
        report.line(String.format(
                Locale.ROOT,
                "two models of one half agree at %.3f; models a minute: %.0f one by one, %.0f side by side, %.1f times as many",
                ceiling.mean(),
                one.mean(),
                many.mean(),
                ratio.mean()));
    }

    private static List<String> cells(Key key, Row row, Report report) {
        var name = key.estimator().equals("TRAK")
                ? "lds.trak" + key.models()
                : "lds." + key.estimator() + "." + key.models();
        var spread = spread(name, row.means(), report);
        var first = row.intervals().getFirst();
        report.figure(name + ".low", first.low());
        report.figure(name + ".high", first.high());
        return List.of(
                key.estimator(),
                Integer.toString(key.models()),
                String.format(Locale.ROOT, "%.3f", spread.mean()),
                String.format(Locale.ROOT, "%.3f to %.3f", first.low(), first.high()),
                row.means().size() < 2 ? "" : String.format(Locale.ROOT, "%.3f", spread.deviation()));
    }

    private static Report.Spread spread(String key, List<Double> values, Report report) {
        return report.figures(
                key, values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
