package io.expunge.console;

import io.expunge.api.RetrainingAdvice;
import io.expunge.api.VersionUtility;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How the utility of a model went from version to version, with the level below which its policy wants it trained again. */
final class UtilityDrawing {

    private static final double LEAST_HEIGHT = 0.02;

    private UtilityDrawing() {}

    /** Null where fewer than two versions have a utility. */
    static @Nullable Plot of(RetrainingAdvice advice) {
        var measured = advice.getHistory().stream()
                .filter(one -> one.getUtility() != null)
                .toList();
        if (measured.size() < 2) {
            return null;
        }
        var x = measured.stream().mapToDouble(VersionUtility::getNumber).toArray();
        var y = measured.stream().mapToDouble(VersionUtility::getUtility).toArray();
        var limit = limit(advice, measured);
        double low = java.util.Arrays.stream(y).min().orElseThrow();
        double high = java.util.Arrays.stream(y).max().orElseThrow();
        if (limit != null) {
            low = Math.min(low, limit);
        }
        double room = Math.max(LEAST_HEIGHT, 0.15 * (high - low));
        var draft = new Plot.Draft(x[0] - 0.5, x[x.length - 1] + 0.5, low - room, high + room).counted();
        if (limit != null) {
            draft.line("limit", new double[] {x[0] - 0.5, x[x.length - 1] + 0.5}, new double[] {limit, limit});
        }
        draft.line("curve", x, y);
        for (int i = 0; i < x.length; i++) {
            var one = measured.get(i);
            draft.dot(
                    one.getExact() ? "exact" : "edited",
                    x[i],
                    y[i],
                    String.format(
                            Locale.ROOT,
                            "version %d, %s: %.4f",
                            one.getNumber(),
                            one.getExact() ? "trained" : "edited",
                            y[i]));
        }
        return draft.done(
                String.format(
                        Locale.ROOT,
                        "Utility of %d versions, from %.4f to %.4f; the table says the same",
                        x.length,
                        y[0],
                        y[y.length - 1]),
                "version",
                advice.getUtilityMeasure() == null ? "utility" : advice.getUtilityMeasure());
    }

    /** Of the lineage that is served; null where nothing of it was measured. */
    private static @Nullable Double limit(RetrainingAdvice advice, List<VersionUtility> measured) {
        for (var one : measured) {
            var utility = one.getUtility();
            if (utility != null && one.getVersionId().equals(advice.getExactVersionId())) {
                return utility - advice.getLimits().getUtilityDrop();
            }
        }
        return null;
    }
}
