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
 * The line takes up that one network is more confident than another throughout.
 */
final class Trace {

    private final Separation signed;
    private final Separation absolute;

    private Trace(Separation signed, Separation absolute) {
        this.signed = signed;
        this.absolute = absolute;
    }

    /**
     * Compares one network with others that never saw the forgotten records.
     *
     * @param forget its outputs on the forgotten records
     * @param test its outputs on held-out records
     * @param forgetOthers the others' outputs on the same records
     * @param testOthers likewise
     */
    static Trace of(Outputs forget, Outputs test, List<Outputs> forgetOthers, List<Outputs> testOthers) {
        var classes = Arrays.stream(forget.labels()).distinct().sorted().toArray();
        var rows = Rows.ofClasses(test.labels(), classes);
        var matched = test.subset(rows);
        var expected = Moments.average(
                testOthers.stream().map(other -> other.subset(rows).margins()).toList());
        var expectedForget =
                Moments.average(forgetOthers.stream().map(Outputs::margins).toList());
        var line = Line.through(expected, matched.margins());
        var members = line.residuals(expectedForget, forget.margins());
        var heldOut = line.residuals(expected, matched.margins());
        return new Trace(
                Separation.of(members, forget.labels(), heldOut, matched.labels()),
                Separation.of(absolute(members), forget.labels(), absolute(heldOut), matched.labels()));
    }

    /** By residuals: above ½ where the network is surer of the forgotten records than retraining makes it. */
    Separation signed() {
        return signed;
    }

    /** By residuals' sizes: above ½ where single forgotten records were moved too far or not far enough. */
    Separation absolute() {
        return absolute;
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
