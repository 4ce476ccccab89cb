package io.expunge.lab;

import io.expunge.metric.DivergenceSummary;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler;

/** The 95th percentile of the divergence by row, a panel for each kind of forget set. */
final class MatchingPlot {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 420;
    private static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    private static final int TURN = 35;
    /** So near may labels stand before one is left out, in pixels. */
    private static final int APART = 20;

    private static final Map<String, String> LABELS = labels();

    private MatchingPlot() {}

    private static Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("nothing", "nothing");
        labels.put("ga", "ascent");
        labels.put("graddiff", "difference");
        labels.put("neggrad", "NegGrad+");
        labels.put("scrub", "SCRUB");
        labels.put("l1-sparse", "l1-sparse");
        labels.put("dmm-trak", "DMM, TRAK");
        labels.put("dmm-datamodel", "DMM, datamodels");
        labels.put("oracle", "oracle");
        labels.put("retrain", "retrained again");
        return labels;
    }

    /** Writes a PNG. */
    static void write(MatchingTable table, OutputStream png) throws IOException {
        var panels = table.kinds().stream().map(kind -> panel(table, kind)).toList();
        BitmapEncoder.saveBitmap(
                panels,
                Math.ceilDiv(panels.size(), 2),
                Math.min(2, panels.size()),
                png,
                BitmapEncoder.BitmapFormat.PNG);
    }

    private static CategoryChart panel(MatchingTable table, String kind) {
        var chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title(kind))
                .yAxisTitle("KLoM, 95th percentile, nats")
                .build();
        // Okabe and Ito's colours, which colour-blind people can tell apart
        bars(chart, table, kind, "records to forget", MatchingScene.Result::forget, new Color(0xD55E00));
        bars(chart, table, kind, "retained records", MatchingScene.Result::retain, new Color(0x56B4E9));
        bars(chart, table, kind, "validation records", MatchingScene.Result::validation, new Color(0x009E73));
        var styler = chart.getStyler();
        styler.setXAxisLabelRotation(TURN);
        styler.setXAxisTickMarkSpacingHint(APART);
        styler.setAvailableSpaceFill(0.8);
        styler.setAxisTickLabelsFont(SMALL).setAxisTitleFont(SMALL).setPlotGridVerticalLinesVisible(false);
        styler.setLegendPosition(Styler.LegendPosition.OutsideS)
                .setLegendLayout(Styler.LegendLayout.Horizontal)
                .setLegendFont(SMALL)
                .setLegendBorderColor(Color.WHITE)
                .setPlotBorderVisible(false)
                .setChartBackgroundColor(Color.WHITE);
        return chart;
    }

    private static String title(String kind) {
        return switch (kind) {
            case "random10" -> "10 random records forgotten";
            case "random100" -> "100 random records forgotten";
            case "neighbours" -> "100 neighbours forgotten";
            case "pc1" -> "top 100 of the attribution's first component forgotten";
            default -> kind;
        };
    }

    private static void bars(
            CategoryChart chart,
            MatchingTable table,
            String kind,
            String title,
            Function<MatchingScene.Result, DivergenceSummary> points,
            Color colour) {
        var rows = LABELS.keySet().stream().filter(row -> table.has(kind, row)).toList();
        chart.addSeries(
                        title,
                        rows.stream().map(row -> LABELS.getOrDefault(row, row)).toList(),
                        rows.stream().map(row -> table.high(kind, row, points)).toList())
                .setFillColor(colour);
    }
}
