package io.expunge.lab;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Both distances over the steps: a row for each α, a line for each method's mean over its seeds, which are drawn faintly. */
final class SyntheticPlot {

    private static final int WIDTH = 620;
    private static final int HEIGHT = 440;
    /** What lies below is drawn there: a logarithm needs more than zero. */
    private static final double FLOOR = 1e-5;

    private static final int OPACITY = 110;
    private static final BasicStroke LINE = new BasicStroke(2.4f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    private static final BasicStroke DASHED =
            new BasicStroke(1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 10, new float[] {6, 5}, 0);
    private static final BasicStroke THIN = new BasicStroke(0.9f);
    private static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 13);

    private final SyntheticCurves curves;
    private final int alpha;
    private final SyntheticCurves.Distance distance;
    private final double[] steps;

    private SyntheticPlot(SyntheticCurves curves, int alpha, SyntheticCurves.Distance distance) {
        this.curves = curves;
        this.alpha = alpha;
        this.distance = distance;
        this.steps = Arrays.stream(curves.steps()).asDoubleStream().toArray();
    }

    /** Writes a PNG. */
    static void write(SyntheticCurves curves, List<Integer> alphas, OutputStream png) throws IOException {
        var distances = SyntheticCurves.Distance.values();
        var panels = alphas.stream()
                .flatMap(alpha -> Arrays.stream(distances).map(distance -> new SyntheticPlot(curves, alpha, distance)))
                .map(SyntheticPlot::panel)
                .toList();
        BitmapEncoder.saveBitmap(panels, alphas.size(), distances.length, png, BitmapEncoder.BitmapFormat.PNG);
    }

    private XYChart panel() {
        var chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(distance.name().toLowerCase(Locale.ROOT) + " distance, α = " + alpha)
                .xAxisTitle("step")
                .yAxisTitle("KL from the retrained model, nats")
                .build();
        style(chart);
        for (var method : SyntheticMethod.values()) {
            seeds(chart, method);
        }
        if (distance == SyntheticCurves.Distance.FORGET) {
            var ends = new double[] {0, steps[steps.length - 1]};
            var height = new double[] {SyntheticCurves.FORGOTTEN, SyntheticCurves.FORGOTTEN};
            line(chart.addSeries("forgotten", ends, height), DASHED, Color.GRAY).setShowInLegend(false);
        }
        for (var method : SyntheticMethod.values()) {
            var means = over(method, seeds -> Report.Spread.of(seeds).mean());
            line(chart.addSeries(method.title(), steps, means), LINE, colour(method));
        }
        return chart;
    }

    /** Every seed by itself, faintly. */
    private void seeds(XYChart chart, SyntheticMethod method) {
        var colour = colour(method);
        var faint = new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), OPACITY);
        int count = curves.at(alpha, method, distance, 0).length;
        for (int seed = 0; seed < count; seed++) {
            int one = seed;
            var series = chart.addSeries(method.title() + " " + seed, steps, over(method, seeds -> seeds[one]));
            line(series, THIN, faint).setShowInLegend(false);
        }
    }

    private static XYSeries line(XYSeries series, BasicStroke stroke, Color colour) {
        series.setLineStyle(stroke);
        series.setLineColor(colour);
        series.setMarker(SeriesMarkers.NONE);
        return series;
    }

    /** Okabe and Ito's colours, which colour-blind people can tell apart. */
    private static Color colour(SyntheticMethod method) {
        return switch (method) {
            case GA -> new Color(0xD55E00);
            case GA_RT -> new Color(0xE69F00);
            case NPO -> new Color(0x56B4E9);
            case NPO_RT -> new Color(0x0072B2);
            case IDK_RT -> new Color(0x444444);
            case DPO_RT -> new Color(0x009E73);
        };
    }

    /** All values of both distances, so that panels side by side have one scale. */
    private DoubleSummaryStatistics row() {
        var all = new DoubleSummaryStatistics();
        all.accept(SyntheticCurves.FORGOTTEN);
        for (var method : SyntheticMethod.values()) {
            for (var either : SyntheticCurves.Distance.values()) {
                for (int point = 0; point < steps.length; point++) {
                    Arrays.stream(curves.at(alpha, method, either, point)).forEach(all);
                }
            }
        }
        return all;
    }

    private static String nats(double value) {
        return new BigDecimal(value).round(new MathContext(1)).toPlainString();
    }

    private double[] over(SyntheticMethod method, ToDoubleFunction<double[]> statistic) {
        return IntStream.range(0, steps.length)
                .mapToDouble(point -> statistic.applyAsDouble(curves.at(alpha, method, distance, point)))
                .map(value -> Math.max(value, FLOOR))
                .toArray();
    }

    private void style(XYChart chart) {
        var styler = chart.getStyler();
        styler.setXAxisMin(0.0).setXAxisMax(steps[steps.length - 1]);
        var row = row();
        styler.setYAxisLogarithmic(true)
                .setYAxisMin(Math.pow(10, Math.floor(Math.log10(Math.max(row.getMin(), FLOOR)))))
                .setYAxisMax(Math.pow(10, Math.ceil(Math.log10(row.getMax()))))
                .setYAxisTickLabelsFormattingFunction(SyntheticPlot::nats);
        styler.setPlotGridVerticalLinesVisible(false)
                .setAxisTickLabelsFont(SMALL)
                .setAxisTitleFont(SMALL)
                .setAxisTickPadding(8);
        styler.setLegendPosition(Styler.LegendPosition.OutsideS)
                .setLegendLayout(Styler.LegendLayout.Horizontal)
                .setLegendFont(SMALL)
                .setLegendBorderColor(Color.WHITE)
                .setPlotBorderVisible(false)
                .setChartBackgroundColor(Color.WHITE);
    }
}
