package io.expunge.metric;

import java.util.Arrays;
import java.util.List;

/**
 * What is left of single records: how far each record's margin stands off from what retrained networks predict for it.
 * Records differ in difficulty far more than membership moves them; taking the references' prediction off makes the
 * attack sharp: Watson et al. 2022, <a href="https://arxiv.org/abs/2111.08440">paper</a>.
 *
 * <pre>r(x) = m(x) − (a + b·m̄_ref(x)),  a and b by least squares over held-out records of the forgotten classes</pre>
 *
 * The line takes up that one network is more confident than another throughout. Only the hardest fifth by m̄_ref is
 * looked at: a network has to memorise what it cannot generalise to, and on the rest the mark drowns in noise.
 */
final class Trace {

    /** Most of what a network memorises is in its hardest fifth; a smaller share would leave too few records. */
    private static final double HARD = 0.2;

    private final Separation signed;
    private final Separation absolute;

    private Trace(Separation signed, Separation absolute) {
        this.signed = signed;
        this.absolute = absolute;
    }

    /**
     * Records of both kinds that are looked at: the same for every network, so that areas can be compared record by record.
     *
     * @param members rows of the forgotten records
     * @param heldOut rows of the held-out records; of the forgotten classes, and as hard
     * @param matched rows of all held-out records of the forgotten classes
     */
    record Hardest(int[] members, int[] heldOut, int[] matched) {

        /**
         * The hardest fifth by what networks that never saw the forgotten records answer.
         *
         * @param forget their outputs on the forgotten records
         * @param test their outputs on held-out records
         */
        static Hardest of(List<Outputs> forget, List<Outputs> test) {
            var classes = Arrays.stream(forget.getFirst().labels())
                    .distinct()
                    .sorted()
                    .toArray();
            var matched = Rows.ofClasses(test.getFirst().labels(), classes);
            var expectedForget = mean(forget);
            var expected = pick(mean(test), matched);
            double hardForgotten = quantile(expectedForget, HARD);
            double hardHeldOut = Math.max(hardForgotten, quantile(expected, HARD));
            return new Hardest(
                    Rows.where(expectedForget.length, i -> expectedForget[i] <= hardForgotten),
                    Rows.where(expected.length, i -> expected[i] <= hardHeldOut),
                    matched);
        }
    }

    /**
     * Compares one network with others that never saw the forgotten records.
     *
     * @param forget its outputs on the forgotten records
     * @param test its outputs on held-out records
     * @param forgetOthers the others' outputs on the same records
     * @param testOthers likewise
     */
    static Trace of(Hardest rows, Outputs forget, Outputs test, List<Outputs> forgetOthers, List<Outputs> testOthers) {
        var matched = test.subset(rows.matched());
        var expected = pick(mean(testOthers), rows.matched());
        var line = Line.through(expected, matched.margins());
        var inside = pick(line.residuals(mean(forgetOthers), forget.margins()), rows.members());
        var outside = pick(line.residuals(expected, matched.margins()), rows.heldOut());
        var insideLabels = forget.subset(rows.members()).labels();
        var outsideLabels = matched.subset(rows.heldOut()).labels();
        return new Trace(
                Separation.of(inside, insideLabels, outside, outsideLabels),
                Separation.of(absolute(inside), insideLabels, absolute(outside), outsideLabels));
    }

    /** By residuals: above ½ where the network is surer of the forgotten records than retraining makes it. */
    Separation signed() {
        return signed;
    }

    /** By residuals' sizes: above ½ where single forgotten records were moved too far or not far enough. */
    Separation absolute() {
        return absolute;
    }

    private static double[] mean(List<Outputs> outputs) {
        return Moments.average(outputs.stream().map(Outputs::margins).toList());
    }

    /** The value that a share of the values does not exceed. */
    private static double quantile(double[] values, double share) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.ceil(share * sorted.length) - 1];
    }

    private static double[] pick(double[] values, int[] rows) {
        return Arrays.stream(rows).mapToDouble(row -> values[row]).toArray();
    }

    private static double[] absolute(double[] values) {
        return Arrays.stream(values).map(Math::abs).toArray();
    }

    private record Line(double intercept, double slope) {

        static Line through(double[] x, double[] y) {
            double meanX = Moments.mean(x);
            double meanY = Moments.mean(y);
            double both = 0;
            double squares = 0;
            for (int i = 0; i < x.length; i++) {
                both += (x[i] - meanX) * (y[i] - meanY);
                squares += (x[i] - meanX) * (x[i] - meanX);
            }
            double slope = squares == 0 ? 1 : both / squares;
            return new Line(meanY - slope * meanX, slope);
        }

        double[] residuals(double[] x, double[] y) {
            var residuals = new double[x.length];
            for (int i = 0; i < x.length; i++) {
                residuals[i] = y[i] - intercept - slope * x[i];
            }
            return residuals;
        }
    }
}
