package io.expunge.metric;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One check's measurement; nothing is judged yet.
 *
 * @param check its code, see {@link Check}
 * @param before value of the parent, where the check has one
 * @param after value of the edited network
 * @param reference mean value of the retrained references, where the check has one
 * @param referenceLow lowest value among the references
 * @param referenceHigh highest value among the references
 * @param difference what the limit is held against: {@code after} less {@code reference}, or less the value that says
 *     nothing where the check has no reference value of its own
 * @param low lower end of the 95 % interval of {@code difference} over the records
 * @param high upper end
 */
public record Finding(
        String check,
        @Nullable Double before,
        double after,
        @Nullable Double reference,
        @Nullable Double referenceLow,
        @Nullable Double referenceHigh,
        double difference,
        double low,
        double high) {

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is not finite
     */
    public Finding {
        Stream.of(before, after, reference, referenceLow, referenceHigh, difference, low, high)
                .filter(number -> number != null && !Double.isFinite(number))
                .findFirst()
                .ifPresent(number -> {
                    throw new IllegalArgumentException(check + " came to " + number);
                });
    }

    static Finding against(
            Check check, double before, double after, List<Double> references, double difference, Interval interval) {
        return new Finding(
                check.code(),
                before,
                after,
                references.stream().mapToDouble(r -> r).average().orElseThrow(),
                references.stream().mapToDouble(r -> r).min().orElseThrow(),
                references.stream().mapToDouble(r -> r).max().orElseThrow(),
                difference,
                interval.low(),
                interval.high());
    }

    /**
     * Shares of records, over the same records of all models.
     *
     * @param before of the parent by record, in [0, 1]
     * @param references by reference, then by record
     */
    static Finding ofShares(Check check, double[] before, double[] edited, List<double[]> references) {
        var expected = Moments.average(references);
        return against(
                check,
                Moments.mean(before),
                Moments.mean(edited),
                references.stream().map(Moments::mean).toList(),
                Moments.mean(edited) - Moments.mean(expected),
                Proportions.pairedDifference(edited, expected));
    }

    /**
     * Mean distances of records, in those that {@code unit} holds.
     *
     * @param before of the parent by record
     * @param edited likewise, same records in the same order
     * @param unit by reference, then by record
     * @param nothing the ratio that says nothing, which the difference is taken from
     */
    static Finding ofDistances(
            Check check, double[] before, double[] edited, List<double[]> unit, double nothing, long seed) {
        var mean = Moments.average(unit);
        double one = Math.max(Moments.mean(mean), Distances.LEAST);
        var interval = Bootstrap.ratio(edited, mean, seed);
        double value = Moments.mean(edited) / one;
        return against(
                check,
                Moments.mean(before) / one,
                value,
                unit.stream().map(distances -> Moments.mean(distances) / one).toList(),
                value - nothing,
                new Interval(interval.low() - nothing, interval.high() - nothing));
    }

    /** Areas under ROC curves over the same records. */
    static Finding ofAreas(Check check, Separation before, Separation edited, List<Separation> references) {
        var difference = edited.minus(Separation.average(references));
        return against(
                check,
                before.area(),
                edited.area(),
                references.stream().map(Separation::area).toList(),
                difference.area(),
                Interval.around(difference.area(), difference.standardError()).within(-1, 1));
    }

    /** Without references' own values: against the value that says nothing. */
    static Finding alone(Check check, double before, double after, double nothing, Interval interval) {
        return new Finding(
                check.code(),
                before,
                after,
                null,
                null,
                null,
                after - nothing,
                interval.low() - nothing,
                interval.high() - nothing);
    }

    /** Whether the edited network came out no farther from the retrained references than they lie from each other. */
    boolean amongReferences() {
        if (referenceLow == null || referenceHigh == null) {
            return false;
        }
        double spread = referenceHigh - referenceLow;
        return referenceLow - spread <= after && after <= referenceHigh + spread;
    }
}
