package io.expunge.metric;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;

/**
 * One measure of an unlearned model held against the retrained level, from both sides: remembering more than a retrained
 * model is under-forgotten, remembering less is over-forgotten and tells the forgotten texts just as well.
 *
 * @param measure its name, for people
 * @param difference how much more the unlearned model remembers than retrained ones, in the measure's unit; of a measure
 *     that falls with remembering, the retrained value less the unlearned one
 * @param interval of the difference, 95 %
 * @param margin the difference that still counts as alike, fixed before the run
 */
public record RetrainedLevel(String measure, double difference, Interval interval, double margin, Reading reading) {

    /** Where a difference lies. */
    public enum Reading {
        /** The whole interval lies above the margin. */
        UNDER_FORGOTTEN,
        /** The whole interval lies within ± the margin. */
        WITHIN,
        /** The whole interval lies below minus the margin. */
        OVER_FORGOTTEN,
        /** The sample is too small to tell. */
        UNDECIDED
    }

    /**
     * Reads a difference.
     *
     * @throws IllegalArgumentException if the margin is not positive and finite or the difference lies outside its
     *     interval
     */
    public static RetrainedLevel of(String measure, double difference, Interval interval, double margin) {
        Require.between("margin", margin, Double.MIN_VALUE, Double.MAX_VALUE);
        Require.between("difference", difference, interval.low(), interval.high());
        var reading = interval.low() > margin
                ? Reading.UNDER_FORGOTTEN
                : interval.high() < -margin
                        ? Reading.OVER_FORGOTTEN
                        : interval.low() >= -margin && interval.high() <= margin ? Reading.WITHIN : Reading.UNDECIDED;
        return new RetrainedLevel(measure, difference, interval, margin, reading);
    }

    /**
     * The mean difference of a measure that rises with remembering and lies in [0, 1] by text, such as extraction
     * strength, exact memorisation or ROUGE-L recall. The interval is the normal one over the texts, never finer than
     * half a text; it does not hold the difference between one training seed and the next.
     *
     * @param unlearned value by text, shape (n)
     * @param retrained the same texts' values with each retrained model, each of shape (n)
     * @throws IllegalArgumentException if there is no text or retrained model, the lengths differ or a value is outside
     *     [0, 1]
     */
    public static RetrainedLevel ofTexts(String measure, double[] unlearned, List<double[]> retrained, double margin) {
        Require.within("unlearned", unlearned, 0, 1);
        Require.filled("retrained", retrained.size());
        for (var values : retrained) {
            Require.sameLength("unlearned", unlearned.length, "retrained", values.length);
            Require.within("retrained", values, 0, 1);
        }
        var differences = Moments.minus(unlearned, Moments.average(retrained));
        double error =
                Math.max(Math.sqrt(Moments.variance(differences) / differences.length), 0.5 / differences.length);
        double mean = Moments.mean(differences);
        return of(measure, mean, Interval.around(mean, error), margin);
    }

    /**
     * D between the {@link TruthRatio}s of an unlearned and a retrained model, positive where the unlearned model's are
     * lower, that is where it is surer of the right answers. The interval is D ± the smallest D that two samples of one
     * distribution reach in at most 5 of 100 cases, so it leaves 0 out only where the test rejects.
     *
     * @throws IllegalArgumentException as {@link KolmogorovSmirnov#critical}
     */
    public static RetrainedLevel ofTruthRatios(double[] unlearned, double[] retrained, double margin) {
        double distance = KolmogorovSmirnov.signed(unlearned, retrained);
        double noise = KolmogorovSmirnov.critical(unlearned.length, retrained.length, 0.05);
        return of(
                "truth ratio D",
                distance,
                new Interval(Math.max(-1, distance - noise), Math.min(1, distance + noise)),
                margin);
    }

    /**
     * All measures together: under-forgotten if any is, otherwise over-forgotten if any is, otherwise undecided if any
     * is, otherwise within.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Reading overall(List<RetrainedLevel> levels) {
        Require.filled("levels", levels.size());
        return List.of(Reading.UNDER_FORGOTTEN, Reading.OVER_FORGOTTEN, Reading.UNDECIDED).stream()
                .filter(reading -> levels.stream().anyMatch(level -> level.reading() == reading))
                .findFirst()
                .orElse(Reading.WITHIN);
    }

    /**
     * The stop rule of an unlearning run: whether no measure's difference is above its margin any more. It looks at the
     * estimates, not at the intervals: to go on until every interval is clear would run past the retrained level
     * wherever texts are few.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static boolean reached(List<RetrainedLevel> levels) {
        Require.filled("levels", levels.size());
        return levels.stream().allMatch(level -> level.difference() <= level.margin());
    }

    /** One sentence with the numbers. */
    public String reason() {
        return String.format(
                Locale.ROOT,
                "%s is %s: unlearned less retrained came to %s (95 %% interval %s to %s, margin ±%s)",
                measure,
                switch (reading) {
                    case UNDER_FORGOTTEN -> "under-forgotten";
                    case WITHIN -> "at the retrained level";
                    case OVER_FORGOTTEN -> "over-forgotten";
                    case UNDECIDED -> "undecided";
                },
                number(difference),
                number(interval.low()),
                number(interval.high()),
                number(margin));
    }

    private static String number(double value) {
        return new BigDecimal(value)
                .round(new MathContext(4))
                .stripTrailingZeros()
                .toPlainString();
    }
}
