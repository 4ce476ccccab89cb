package io.expunge.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A drawing with two axes, ready for a template: places are in the drawing's units, {@value #WIDTH} wide and {@value #HEIGHT}
 * high. Colours and strokes are the style sheet's.
 *
 * @param label what somebody who does not see it is told
 */
record Plot(
        String label,
        List<Line> lines,
        List<Dot> dots,
        List<Tick> across,
        List<Tick> up,
        String horizontal,
        String vertical) {

    static final int WIDTH = 340;
    static final int HEIGHT = 210;

    private static final int LEFT = 44;
    private static final int RIGHT = 330;
    private static final int TOP = 20;
    private static final int BOTTOM = 168;
    private static final int TICKS = 5;

    /** A path of one kind, which the style sheet knows. */
    record Line(String kind, String path) {}

    /** A point of one kind with what it stands for. */
    record Dot(String kind, String x, String y, String title) {}

    /** A mark on an axis. */
    record Tick(String place, String text) {}

    /** Collects what is drawn between the ends of two axes. */
    static final class Draft {

        private final double fromX;
        private final double toX;
        private final double fromY;
        private final double toY;
        private boolean counted;
        private final List<Line> lines = new ArrayList<>();
        private final List<Dot> dots = new ArrayList<>();

        Draft(double fromX, double toX, double fromY, double toY) {
            this.fromX = fromX;
            this.toX = toX > fromX ? toX : fromX + 1;
            this.fromY = fromY;
            this.toY = toY > fromY ? toY : fromY + 1;
        }

        /** Says that there is nothing between the whole numbers of the horizontal axis. */
        Draft counted() {
            counted = true;
            return this;
        }

        /** Straight from point to point. */
        Draft line(String kind, double[] x, double[] y) {
            var path = new StringBuilder();
            for (int i = 0; i < x.length; i++) {
                path.append(i == 0 ? "M" : " L")
                        .append(across(x[i]))
                        .append(' ')
                        .append(up(y[i]));
            }
            lines.add(new Line(kind, path.toString()));
            return this;
        }

        /** Steps down to the axis on both sides; {@code edges} are one more than {@code heights}. */
        Draft steps(String kind, double[] edges, double[] heights) {
            var path =
                    new StringBuilder("M").append(across(edges[0])).append(' ').append(up(fromY));
            for (int i = 0; i < heights.length; i++) {
                path.append(" V").append(up(heights[i])).append(" H").append(across(edges[i + 1]));
            }
            lines.add(new Line(kind, path.append(" V").append(up(fromY)).toString()));
            return this;
        }

        Draft dot(String kind, double x, double y, String title) {
            dots.add(new Dot(kind, across(x), up(y), title));
            return this;
        }

        Plot done(String label, String horizontal, String vertical) {
            return new Plot(
                    label,
                    List.copyOf(lines),
                    List.copyOf(dots),
                    ticks(fromX, toX, counted ? 1 : 0).stream()
                            .map(at -> new Tick(across(at), text(at)))
                            .toList(),
                    ticks(fromY, toY, 0).stream()
                            .map(at -> new Tick(up(at), text(at)))
                            .toList(),
                    horizontal,
                    vertical);
        }

        private String across(double x) {
            return place(LEFT + (RIGHT - LEFT) * (Math.clamp(x, fromX, toX) - fromX) / (toX - fromX));
        }

        private String up(double y) {
            return place(BOTTOM - (BOTTOM - TOP) * (Math.clamp(y, fromY, toY) - fromY) / (toY - fromY));
        }

        private static String place(double at) {
            return String.format(Locale.ROOT, "%.1f", at);
        }
    }

    /** Round numbers between two, about {@value #TICKS}. */
    private static List<Double> ticks(double from, double to, double least) {
        double rough = (to - from) / TICKS;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = Math.max(
                least, power * (rough / power < 1.5 ? 1 : rough / power < 3.5 ? 2 : rough / power < 7.5 ? 5 : 10));
        var all = new ArrayList<Double>();
        for (long i = (long) Math.ceil(from / step - 1e-9); i * step <= to + 1e-9 * step; i++) {
            all.add(i * step);
        }
        return all;
    }

    private static String text(double at) {
        return new java.math.BigDecimal(at)
                .round(new java.math.MathContext(6))
                .setScale(4, java.math.RoundingMode.HALF_EVEN)
                .stripTrailingZeros()
                .toPlainString()
                .replace('-', '−');
    }
}
