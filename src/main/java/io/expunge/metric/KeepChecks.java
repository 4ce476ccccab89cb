package io.expunge.metric;

/** Checks of what the network must still be good for. */
final class KeepChecks {

    private KeepChecks() {}

    static Finding retained(Comparison comparison) {
        return comparison.shares(
                Check.RETAIN_ACCURACY, answers -> answers.retain().hits());
    }

    static Finding tested(Comparison comparison) {
        var rows = comparison.stayingTestRows();
        return comparison.shares(
                Check.TEST_ACCURACY, answers -> answers.test().subset(rows).hits());
    }
}
