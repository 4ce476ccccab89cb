package io.expunge.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What share of the forgotten records an attack finds, by the share of held-out records that it accuses with them. The curve
 * is matched by class as the area is: the distribution of the members' placements among the held-out records of their own
 * class, which is the covariate-adjusted curve of Janes and Pepe 2009,
 * <a href="https://doi.org/10.1093/biomet/asp002">paper</a>:
 *
 * <pre>ROC(f) = share of members x with P(held-out of the class of x scores higher) + ½ P(equal) ≤ f</pre>
 *
 * @param check the attack's code
 * @param of whose answers were attacked
 * @param models how many networks the curve is the mean of
 * @param area under the curve, mean over the networks
 * @param low lower end of its 95 % interval
 * @param high upper end
 * @param members forgotten records that take part
 * @param points ascending, without (0, 0), which every curve begins with; cut where {@link Histogram} would cut bins, and
 *     empty where it would keep none
 */
public record RocCurve(
        String check,
        Distributions.Model of,
        int models,
        double area,
        double low,
        double high,
        int members,
        List<Point> points) {

    /** Places on the axis of false alarms: dense where a careful attacker works. */
    private static final double[] RATES = IntStream.concat(
                    IntStream.of(0, 1, 2), IntStream.range(1, 20).map(i -> 5 * i))
            .mapToDouble(percent -> percent / 100.0)
            .toArray();

    /**
     * One threshold of the attack.
     *
     * @param falseRate share of the held-out records that are accused, in [0, 1]
     * @param rate share of the members that are found, in [0, 1]
     */
    public record Point(double falseRate, double rate) {}

    public RocCurve {
        points = List.copyOf(points);
    }

    /** @param attacks on each network, over the same records */
    static RocCurve of(Check check, Distributions.Model of, List<Separation> attacks) {
        var mean = Separation.average(attacks);
        var histogram = Histogram.of(attacks.stream().map(RocCurve::falseRates).toList(), RATES);
        var points = new ArrayList<Point>();
        int found = 0;
        for (int i = 0; i < histogram.counts().size(); i++) {
            found += histogram.counts().get(i);
            double rate = i < histogram.edges().size() ? histogram.edges().get(i) : 1;
            points.add(new Point(rate, found / (double) histogram.total()));
        }
        var interval = mean.interval();
        return new RocCurve(
                check.code(),
                of,
                attacks.size(),
                mean.area(),
                interval.low(),
                interval.high(),
                attacks.getFirst().falseRates().length,
                points);
    }

    /** Shares of few records fall on the places where the curve is read, and rounding must not move them past. */
    private static double[] falseRates(Separation attack) {
        return Arrays.stream(attack.falseRates())
                .map(rate -> Math.rint(rate * 1e9) / 1e9)
                .toArray();
    }
}
