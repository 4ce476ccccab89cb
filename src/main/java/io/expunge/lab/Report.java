package io.expunge.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Tables for people, figures for a file, progress with the time left. */
public final class Report {

    private final PrintWriter out;
    private final PrintWriter progress;
    private final Map<String, Double> figures = new TreeMap<>();
    private final long begun = System.nanoTime();
    private @Nullable Picture picture;

    /**
     * Reports to two streams.
     *
     * @param out takes the tables
     * @param progress takes what is under way
     */
    public Report(PrintWriter out, PrintWriter progress) {
        this.out = out;
        this.progress = progress;
    }

    public void line(String text) {
        out.println(text);
        out.flush();
    }

    /** A table whose first column is aligned left and the others right. */
    public void table(List<String> header, List<List<String>> rows) {
        var widths = new int[header.size()];
        for (int column = 0; column < widths.length; column++) {
            int at = column;
            widths[column] = Math.max(
                    header.get(at).length(),
                    rows.stream().mapToInt(row -> row.get(at).length()).max().orElse(0));
        }
        row(header, widths);
        rows.forEach(row -> row(row, widths));
        out.flush();
    }

    /** Keeps a figure for the file. */
    public void figure(String key, double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("the figure " + key + " came to " + value);
        }
        figures.put(key, value);
    }

    /** What writes a PNG. */
    @FunctionalInterface
    interface Picture {
        void write(OutputStream png) throws IOException;
    }

    /** Keeps the picture for a file. */
    void picture(Picture drawn) {
        this.picture = drawn;
    }

    /** Writes the picture, if there is one, as a PNG. */
    public void draw(Path file) {
        if (picture == null) {
            return;
        }
        try (var png = Files.newOutputStream(file)) {
            picture.write(png);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Mean and sample standard deviation. */
    record Spread(double mean, double deviation) {

        static Spread of(double... values) {
            double mean = Arrays.stream(values).average().orElseThrow();
            double squares = Arrays.stream(values)
                    .map(value -> (value - mean) * (value - mean))
                    .sum();
            return new Spread(mean, values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1)));
        }
    }

    /** Keeps mean, sample standard deviation and count of a figure over the seeds. */
    Spread figures(String key, double... values) {
        var spread = Spread.of(values);
        figure(key + ".mean", spread.mean());
        figure(key + ".sd", spread.deviation());
        figure(key + ".n", values.length);
        return spread;
    }

    /** Tells what is done of the whole and how long the rest may take. */
    public void progress(String what, long done, long total) {
        var left = Duration.ofNanos((System.nanoTime() - begun) / Math.max(1, done) * (total - done));
        progress.printf(
                Locale.ROOT,
                "%s: %d of %d, about %d:%02d:%02d left%n",
                what,
                done,
                total,
                left.toHours(),
                left.toMinutesPart(),
                left.toSecondsPart());
        progress.flush();
    }

    /** What was kept, by key. */
    public Map<String, Double> figures() {
        return Map.copyOf(figures);
    }

    /** Writes the figures as one flat JSON object. */
    public void write(Path json, String lab, String version) {
        var text = new StringBuilder("{\n  \"lab\": \"" + lab + "\",\n  \"version\": \"" + version
                + "\",\n  \"machine\": \"" + machine() + "\",\n  \"figures\": {");
        var separator = "\n";
        for (var figure : figures.entrySet()) {
            text.append(separator)
                    .append("    \"")
                    .append(figure.getKey())
                    .append("\": ")
                    .append(figure.getValue());
            separator = ",\n";
        }
        try {
            Files.writeString(json, text.append("\n  }\n}\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String machine() {
        return System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors, Java "
                + System.getProperty("java.version");
    }

    private void row(List<String> cells, int[] widths) {
        var line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            var padding = " ".repeat(widths[column] - cells.get(column).length());
            line.append(column == 0 ? cells.get(column) + padding : "  " + padding + cells.get(column));
        }
        out.println(line.toString().stripTrailing());
    }
}
