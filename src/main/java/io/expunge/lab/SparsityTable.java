package io.expunge.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Rows of one scenario over the seeds, as mean ± sample standard deviation. */
final class SparsityTable {

    private record Line(Score score, double gap, double cost) {}

    private record Column(String key, String title, ToDoubleFunction<Line> value) {}

    private static final List<Column> COLUMNS = List.of(
            new Column("ua", "UA", line -> line.score().unlearning()),
            new Column("mia", "MIA-efficacy", line -> line.score().attack()),
            new Column("ra", "RA", line -> line.score().retain()),
            new Column("ta", "TA", line -> line.score().test()),
            new Column("gap", "average gap", Line::gap),
            new Column("cost", "cost", Line::cost));

    private final String scenario;
    private final Report report;
    private final Map<String, List<Line>> lines = new LinkedHashMap<>();

    SparsityTable(String scenario, Report report) {
        this.scenario = scenario;
        this.report = report;
    }

    /**
     * Adds one seed's line of a row.
     *
     * @param target the same seed's retrained network, dense or pruned as the row is
     * @param cost per cent of a retraining
     */
    void add(String row, Score score, Score target, double cost) {
        lines.computeIfAbsent(row, key -> new ArrayList<>()).add(new Line(score, score.gap(target), cost));
    }

    void print() {
        report.line("");
        report.line(scenario + ": mean ± sample standard deviation over the seeds, in per cent; the gap in points");
        var header = new ArrayList<>(List.of(scenario));
        COLUMNS.forEach(column -> header.add(column.title()));
        var rows = new ArrayList<List<String>>();
        lines.forEach((row, all) -> {
            var cells = new ArrayList<>(List.of(row));
            for (var column : COLUMNS) {
                var key = scenario + "." + row + "." + column.key();
                var spread = report.figures(
                        key, all.stream().mapToDouble(column.value()).toArray());
                cells.add(points(spread.mean()) + " ± " + points(spread.deviation()));
            }
            rows.add(cells);
        });
        report.table(header, rows);
    }

    static String points(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
