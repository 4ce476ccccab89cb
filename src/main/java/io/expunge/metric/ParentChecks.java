package io.expunge.metric;

import java.util.ArrayList;
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
        var unit = Moments.average(retrained);
        double mean = Math.max(Moments.mean(unit), Distances.LEAST);
        var interval = Bootstrap.ratio(edited, unit, seed);
        var references = new ArrayList<Double>();
        retrained.forEach(distances -> references.add(Moments.mean(distances) / mean));
        double value = Moments.mean(edited) / mean;
        return Finding.against(check, 0, value, references, value, interval);
    }
}
