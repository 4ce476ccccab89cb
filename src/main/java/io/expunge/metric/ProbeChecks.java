package io.expunge.metric;

import java.util.Arrays;
import java.util.Objects;

/** Checks for knowledge that the answers no longer show. */
final class ProbeChecks {

    private ProbeChecks() {}

    /** Needs a class of which no record stays. */
    static Finding bias(Comparison comparison) {
        var gone = comparison.goneClasses();
        return comparison.areas(
                Check.PROBE_BIAS,
                answers -> Separation.average(Arrays.stream(gone)
                        .mapToObj(label -> ofClass(answers, label))
                        .toList()));
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

    /** Where a class is to be gone, how much of it is recognised again; else, what trace of single records comes back. */
    static Finding relearn(Comparison comparison) {
        if (comparison.goneClasses().length > 0) {
            return comparison.shares(
                    Check.PROBE_RELEARN, answers -> relearned(answers).forget().hits());
        }
        return ForgetChecks.area(
                Check.PROBE_RELEARN,
                comparison,
                answers -> relearned(answers).forget(),
                answers -> relearned(answers).test(),
                Trace::signed);
    }

    private static Answers.Relearned relearned(Answers answers) {
        return Objects.requireNonNull(answers.relearned(), "nothing was relearned");
    }

    /** By the output of {@code label} alone, its held-out and forgotten records against the held-out rest. */
    private static Separation ofClass(Answers answers, int label) {
        var labels = answers.test().labels();
        var others = Rows.where(labels.length, i -> labels[i] != label);
        var forgotten = answers.forget().labels();
        var own = Rows.where(forgotten.length, i -> forgotten[i] == label);
        return Separation.of(
                answers.forget().subset(own).marginsOf(label),
                new int[own.length],
                answers.test().subset(others).marginsOf(label),
                new int[others.length]);
    }
}
