package io.expunge.lab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Distances from the retrained model over the steps, by α, method and seed. */
final class SyntheticCurves {

    /** A forget distance below it counts as forgotten, as in the paper. */
    static final double FORGOTTEN = 0.005;

    private static final List<String> HEADER = List.of(
            "",
            "forget distance",
            "retain distance",
            "median forget",
            "mean forgotten at",
            "retain there",
            "seeds forgotten");

    /** What is measured, each in nats. */
    enum Distance {
        FORGET,
        RETAIN;

        String key() {
            return name().toLowerCase(Locale.ROOT) + "distance";
        }
    }

    /** One seed's way. */
    static final class Curve {

        private final List<Double> forget = new ArrayList<>();
        private final List<Double> retain = new ArrayList<>();

        void add(double forgetDistance, double retainDistance) {
            forget.add(forgetDistance);
            retain.add(retainDistance);
        }

        private double at(Distance distance, int point) {
            return switch (distance) {
                case FORGET -> forget.get(point);
                case RETAIN -> retain.get(point);
            };
        }
    }

    private record Place(int alpha, SyntheticMethod method) {}

    private final int[] steps;
    private final Map<Place, List<Curve>> curves = new LinkedHashMap<>();

    /**
     * Room for curves.
     *
     * @param last the last step
     * @param between steps between two points
     */
    SyntheticCurves(int last, int between) {
        this.steps =
                IntStream.rangeClosed(0, last / between).map(i -> i * between).toArray();
    }

    /** One more seed. */
    Curve open(int alpha, SyntheticMethod method) {
        var curve = new Curve();
        curves.computeIfAbsent(new Place(alpha, method), key -> new ArrayList<>())
                .add(curve);
        return curve;
    }

    /** The steps that have a point. */
    int[] steps() {
        return steps.clone();
    }

    /** One distance at one point, of every seed. */
    double[] at(int alpha, SyntheticMethod method, Distance distance, int point) {
        return curves.getOrDefault(new Place(alpha, method), List.of()).stream()
                .mapToDouble(curve -> curve.at(distance, point))
                .toArray();
    }

    /** Keeps and prints what one α came to. */
    void print(int alpha, Report report) {
        int last = steps.length - 1;
        report.line("");
        report.line("α = " + alpha + ": mean ± sample standard deviation over the seeds after " + steps[last]
                + " steps, in nats; \"forgotten\" is a forget distance below " + FORGOTTEN);
        var rows = new ArrayList<List<String>>();
        for (var method : SyntheticMethod.values()) {
            var key = "alpha" + alpha + "." + method.key() + ".";
            var forget = at(alpha, method, Distance.FORGET, last);
            var row = new ArrayList<>(List.of(method.title()));
            row.add(nats(report.figures(key + Distance.FORGET.key(), forget)));
            row.add(nats(report.figures(key + Distance.RETAIN.key(), at(alpha, method, Distance.RETAIN, last))));
            double median = median(forget);
            report.figure(key + Distance.FORGET.key() + ".p50", median);
            row.add(nats(median));
            row.addAll(meanForgotten(alpha, method, key, report));
            row.add(seedsForgotten(alpha, method, key, report));
            rows.add(row);
        }
        report.table(
                HEADER.stream()
                        .map(title -> title.isEmpty() ? "α = " + alpha : title)
                        .toList(),
                rows);
    }

    /** When the mean of all seeds is below the limit first, and the retain distance then. */
    private List<String> meanForgotten(int alpha, SyntheticMethod method, String key, Report report) {
        var first = first(point ->
                Report.Spread.of(at(alpha, method, Distance.FORGET, point)).mean());
        if (first.isEmpty()) {
            return List.of("never", "-");
        }
        int point = first.getAsInt();
        report.figure(key + "forgetreached.mean", steps[point]);
        var there = report.figures(key + "retainatreached", at(alpha, method, Distance.RETAIN, point));
        return List.of(Integer.toString(steps[point]), nats(there));
    }

    /** How many seeds are ever below the limit, and when the last of them is first. */
    private String seedsForgotten(int alpha, SyntheticMethod method, String key, Report report) {
        var all = curves.getOrDefault(new Place(alpha, method), List.of());
        var reached = all.stream()
                .map(curve -> first(point -> curve.at(Distance.FORGET, point)))
                .flatMapToInt(OptionalInt::stream)
                .map(point -> steps[point])
                .summaryStatistics();
        report.figure(key + "seedsforgotten.n", Math.toIntExact(reached.getCount()));
        var count = reached.getCount() + " of " + all.size();
        return reached.getCount() == 0 ? count : count + " by " + reached.getMax();
    }

    private OptionalInt first(IntToDoubleFunction forgetDistance) {
        return IntStream.range(0, steps.length)
                .filter(point -> forgetDistance.applyAsDouble(point) < FORGOTTEN)
                .findFirst();
    }

    private static double median(double... values) {
        var sorted = Arrays.stream(values).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    private static String nats(Report.Spread spread) {
        return nats(spread.mean()) + " ± " + nats(spread.deviation());
    }

    private static String nats(double value) {
        return String.format(Locale.ROOT, value < 1 ? "%.5f" : "%.3f", value);
    }
}
