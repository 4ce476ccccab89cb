package io.expunge.console;

import io.expunge.api.Distributions;
import io.expunge.api.Histogram;
import io.expunge.api.RocCurve;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Distributions of a run as drawings, the model before on the left and the edited one on the right, on the same axes.
 *
 * @param rows forgotten records first, then those that stay; none where nothing is kept
 * @param withheld what is missing because too few records are behind it
 */
record DistributionDrawing(
        List<Row> rows, List<Panel> curves, List<Bin> bins, List<RocCurve> areas, List<String> withheld) {

    /** Drawings that belong side by side. */
    record Row(String title, List<Panel> panels) {}

    /** One drawing under its caption, and what it says in a sentence. */
    record Panel(String title, String says, Plot plot) {}

    /** One line of the table that says the same. */
    record Bin(String part, String model, String from, String to, int count, double percent) {}

    static DistributionDrawing of(Distributions found) {
        var rows = new ArrayList<Row>();
        add(rows, found, "Forgotten records", Histogram.PartEnum.FORGET);
        add(rows, found, "Records that stay", Histogram.PartEnum.RETAIN);
        var curves = found.getCurves().stream()
                .filter(curve -> curve.getModel() != RocCurve.ModelEnum.REFERENCE)
                .filter(curve -> !curve.getWithheld())
                .map(curve -> panel(curve, found.getCurves()))
                .toList();
        return new DistributionDrawing(
                rows,
                curves,
                found.getHistograms().stream()
                        .flatMap(DistributionDrawing::bins)
                        .toList(),
                found.getCurves(),
                withheld(found));
    }

    private static void add(List<Row> rows, Distributions found, String title, Histogram.PartEnum part) {
        var before = histogram(found, part, Histogram.ModelEnum.BEFORE);
        var after = histogram(found, part, Histogram.ModelEnum.AFTER);
        if (before == null || after == null) {
            return;
        }
        var retrained = histogram(found, part, Histogram.ModelEnum.REFERENCE);
        var heldOut = histogram(found, Histogram.PartEnum.TEST, Histogram.ModelEnum.BEFORE);
        var heldOutAfter = histogram(found, Histogram.PartEnum.TEST, Histogram.ModelEnum.AFTER);
        var frame = Frame.of(Stream.of(before, after, retrained, heldOut, heldOutAfter)
                .filter(Objects::nonNull)
                .toList());
        var quantity = found.getQuantity() == Distributions.QuantityEnum.MARGIN
                ? "margin, nats"
                : "margin of the answer's probability, nats";
        rows.add(new Row(
                title,
                List.of(
                        panel("The model before", title, before, heldOut, retrained, frame, quantity),
                        panel("The edited model", title, after, heldOutAfter, retrained, frame, quantity))));
    }

    /** The ends of the axes that all drawings of a row share. */
    private record Frame(double low, double high, double most) {

        static Frame of(List<Histogram> all) {
            var edges = all.stream()
                    .flatMap(one -> one.getEdges().stream())
                    .mapToDouble(Double::doubleValue)
                    .sorted()
                    .toArray();
            double low = edges.length == 0 ? -1 : edges[0];
            double high = edges.length == 0 ? 1 : edges[edges.length - 1];
            double room = Math.max(0.25, 0.12 * (high - low));
            var bare = new Frame(low - room, high + room, 0);
            double most = all.stream()
                    .flatMapToDouble(one -> DoubleStream.of(bare.densities(one)))
                    .max()
                    .orElse(1);
            return new Frame(bare.low, bare.high, 1.05 * most);
        }

        double[] edges(Histogram one) {
            return DoubleStream.concat(
                            DoubleStream.concat(
                                    DoubleStream.of(low),
                                    one.getEdges().stream().mapToDouble(Double::doubleValue)),
                            DoubleStream.of(high))
                    .toArray();
        }

        /** Per cent of the records a nat, so that wide and narrow bins may be compared. */
        double[] densities(Histogram one) {
            var edges = edges(one);
            double total = total(one);
            var all = new double[one.getCounts().size()];
            for (int i = 0; i < all.length; i++) {
                all[i] = 100 * one.getCounts().get(i) / total / (edges[i + 1] - edges[i]);
            }
            return all;
        }
    }

    private static Panel panel(
            String title,
            String of,
            Histogram forgotten,
            @Nullable Histogram heldOut,
            @Nullable Histogram retrained,
            Frame frame,
            String quantity) {
        var draft = new Plot.Draft(frame.low(), frame.high(), 0, frame.most());
        var says = new StringBuilder("Median ").append(median(forgotten));
        draft.steps("area", frame.edges(forgotten), frame.densities(forgotten));
        if (heldOut != null) {
            draft.steps("held-out", frame.edges(heldOut), frame.densities(heldOut));
            says.append("; of the held-out records ").append(median(heldOut));
        }
        if (retrained != null) {
            draft.steps("retrained", frame.edges(retrained), frame.densities(retrained));
            says.append("; by the retrained models ").append(median(retrained));
        }
        says.append('.');
        return new Panel(
                title,
                says.toString(),
                draft.done(of + ", " + title + ". " + says, quantity, "% of the records a nat"));
    }

    /** Where half of the records lie on either side, as well as the bins tell. */
    private static String median(Histogram one) {
        double half = total(one) / 2.0;
        double below = 0;
        int bin = 0;
        while (below + one.getCounts().get(bin) < half) {
            below += one.getCounts().get(bin++);
        }
        var edges = one.getEdges();
        if (edges.isEmpty()) {
            return "not told by the bins";
        }
        return bin == 0
                ? "at most " + number(edges.getFirst())
                : bin == edges.size()
                        ? "at least " + number(edges.getLast())
                        : number(edges.get(bin - 1)) + " to " + number(edges.get(bin));
    }

    private static Panel panel(RocCurve curve, List<RocCurve> all) {
        var draft = new Plot.Draft(0, 1, 0, 1);
        draft.line("chance", new double[] {0, 1}, new double[] {0, 1});
        all.stream()
                .filter(one -> one.getModel() == RocCurve.ModelEnum.REFERENCE && !one.getWithheld())
                .forEach(one -> draw(draft, "retrained", one));
        draw(draft, "curve", curve);
        var title = curve.getModel() == RocCurve.ModelEnum.BEFORE ? "The model before" : "The edited model";
        var says = "Area " + number(curve.getArea()) + " (" + number(curve.getLow()) + " to " + number(curve.getHigh())
                + "); ½ tells nothing.";
        return new Panel(
                title,
                says,
                draft.done(
                        "Population attack, " + title + ". " + says,
                        "share of held-out records accused",
                        "share of forgotten records found"));
    }

    private static void draw(Plot.Draft draft, String kind, RocCurve curve) {
        var points = curve.getPoints();
        var x = new double[points.size() + 1];
        var y = new double[points.size() + 1];
        for (int i = 0; i < points.size(); i++) {
            x[i + 1] = points.get(i).getFalseRate();
            y[i + 1] = points.get(i).getRate();
        }
        draft.line(kind, x, y);
    }

    private static Stream<Bin> bins(Histogram one) {
        var edges = one.getEdges();
        double total = total(one);
        return java.util.stream.IntStream.range(0, one.getCounts().size())
                .mapToObj(i -> new Bin(
                        part(one.getPart()),
                        model(one.getModel()),
                        i == 0 ? "–" : number(edges.get(i - 1)),
                        i == edges.size() ? "–" : number(edges.get(i)),
                        one.getCounts().get(i),
                        100 * one.getCounts().get(i) / total));
    }

    private static List<String> withheld(Distributions found) {
        var all = new ArrayList<String>();
        found.getHistograms().stream()
                .filter(Histogram::getWithheld)
                .map(one -> part(one.getPart()) + " (" + one.getRecords() + ")")
                .distinct()
                .forEach(all::add);
        if (found.getCurves().stream().anyMatch(RocCurve::getWithheld)) {
            all.add("the curve of the population attack");
        }
        return all;
    }

    private static @Nullable Histogram histogram(
            Distributions found, Histogram.PartEnum part, Histogram.ModelEnum model) {
        return found.getHistograms().stream()
                .filter(one -> one.getPart() == part && one.getModel() == model && !one.getWithheld())
                .findFirst()
                .orElse(null);
    }

    private static int total(Histogram one) {
        return one.getCounts().stream().mapToInt(Integer::intValue).sum();
    }

    static String part(Histogram.PartEnum part) {
        return switch (part) {
            case FORGET -> "forgotten records";
            case RETAIN -> "records that stay";
            case TEST -> "held-out records";
        };
    }

    static String model(Histogram.ModelEnum model) {
        return switch (model) {
            case BEFORE -> "before";
            case AFTER -> "edited";
            case REFERENCE -> "retrained";
        };
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value)
                .replaceAll("0+$", "")
                .replaceAll("\\.$", "")
                .replace('-', '−');
    }
}
