package io.expunge.metric;

import java.util.Arrays;

/** Checks for knowledge that the answers no longer show. */
final class ProbeChecks {

    private static final double FALSE_RATE = 0.01;

    private ProbeChecks() {}

    /**
     * Whether a shift of one bias would bring a class back: the share of its records that stand out by its output from
     * all but one in a hundred records of other classes. Needs a class of which no record stays.
     */
    static Finding bias(Comparison comparison) {
        var gone = comparison.goneClasses();
        return comparison.shares(Check.PROBE_BIAS, answers -> recognised(answers, gone));
    }

    static Finding features(Comparison comparison) {
        return comparison.shares(
                Check.PROBE_FEATURES,
                answers -> LinearProbe.hits(
                        answers.testFeatures(),
                        answers.test().labels(),
                        answers.forgetFeatures(),
                        answers.forget().labels(),
                        comparison.seed()));
    }

    /** Share of the steps after which each record is recognised, of the half that was not relearned. */
    static Finding relearn(Comparison comparison) {
        return comparison.shares(
                Check.PROBE_RELEARN,
                answers -> Moments.average(
                        answers.relearning().stream().map(Outputs::hits).toList()));
    }

    /** 1 for the records of {@code labels} whose own class's output exceeds that of nearly all records of other classes. */
    private static double[] recognised(Answers answers, int[] gone) {
        var forgotten = answers.forget().labels();
        var rows = Rows.ofClasses(forgotten, gone);
        var found = new double[rows.length];
        for (int label : gone) {
            double bar = bar(answers.test(), label);
            var margins = answers.forget().marginsOf(label);
            for (int i = 0; i < rows.length; i++) {
                if (forgotten[rows[i]] == label && margins[rows[i]] > bar) {
                    found[i] = 1;
                }
            }
        }
        return found;
    }

    /** What the output of {@code label} exceeds on one in a hundred records of other classes. */
    private static double bar(Outputs test, int label) {
        var labels = test.labels();
        var others =
                test.subset(Rows.where(labels.length, i -> labels[i] != label)).marginsOf(label);
        Arrays.sort(others);
        return others[(int) Math.ceil((1 - FALSE_RATE) * others.length) - 1];
    }
}
