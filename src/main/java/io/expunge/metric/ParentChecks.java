package io.expunge.metric;

import java.util.List;

/** Checks that the edit changed anything, and more than the last layer. */
final class ParentChecks {

    private ParentChecks() {}

    static Finding outputs(Comparison comparison) {
        var parent = comparison.before().forget();
        var edited = Distances.hellinger(comparison.after().forget(), parent);
        var retrained = comparison.references().stream()
                .map(reference -> Distances.hellinger(reference.forget(), parent))
                .toList();
        return ratio(Check.PARENT_OUTPUTS, edited, retrained, comparison.seed());
    }

    static Finding features(Comparison comparison) {
        var parent = comparison.before().forgetFeatures();
        var edited = comparison.after().forgetFeatures().distances(parent);
        var retrained = comparison.references().stream()
                .map(reference -> reference.forgetFeatures().distances(parent))
                .toList();
        return ratio(Check.PARENT_FEATURES, edited, retrained, comparison.seed());
    }

    private static Finding ratio(Check check, double[] edited, List<double[]> retrained, long seed) {
        return Finding.ofDistances(check, new double[edited.length], edited, retrained, 0, seed);
    }
}
