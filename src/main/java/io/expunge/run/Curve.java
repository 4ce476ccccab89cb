package io.expunge.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How a loss went, in so few points that it can be looked at; every 2ⁿ-th step and the last one. For several threads. */
final class Curve {

    private static final int MOST = 256;

    /**
     * One step.
     *
     * @param step counted from 1
     * @param terms of the loss by name
     */
    record Point(long step, double loss, Map<String, Double> terms) {}

    private final ArrayList<Point> points = new ArrayList<>();
    private long stride = 1;

    /** Adds a step; what was known of it and of later ones is dropped, for the work has begun again before it. */
    synchronized void add(Point point) {
        points.removeIf(one -> one.step() >= point.step());
        if (!points.isEmpty() && points.getLast().step() % stride != 0) {
            points.removeLast(); // it was the last one and is so no more
        }
        points.add(point);
        thin();
    }

    /** Puts steps before the first one, which another process took. */
    synchronized void precede(List<Point> earlier) {
        long first = points.isEmpty() ? Long.MAX_VALUE : points.getFirst().step();
        points.addAll(0, earlier.stream().filter(one -> one.step() < first).toList());
        thin();
    }

    private void thin() {
        while (points.size() > MOST) {
            stride *= 2;
            long last = points.getLast().step();
            points.removeIf(one -> one.step() % stride != 0 && one.step() != last);
        }
    }

    synchronized List<Point> points() {
        return List.copyOf(points);
    }
}
