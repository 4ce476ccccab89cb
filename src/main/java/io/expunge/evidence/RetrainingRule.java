package io.expunge.evidence;

import io.expunge.metric.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether a lineage has come so far from its last exact training that another one is due. */
final class RetrainingRule {

    private RetrainingRule() {}

    /**
     * How far the served version is from the last exact one.
     *
     * @param edits approximate ones since
     * @param forgotten records that these took out
     * @param learned about how many records the exact version learned from; null where nobody knows
     * @param measure the check whose value is the utility; null where no edit measured any
     * @param drop utility of the exact version less that of the served one
     */
    record Distance(
            int edits,
            long forgotten,
            @Nullable Long learned,
            @Nullable Check measure,
            @Nullable Double drop) {

        @Nullable Double share() {
            return learned == null || learned <= 0 ? null : Double.valueOf(Math.min(1, forgotten / (double) learned));
        }
    }

    /** A limit that was reached. */
    record Reason(Limit limit, double value, double allowed, String text) {}

    /** The limits by name. */
    enum Limit {
        FORGOTTEN_SHARE,
        UTILITY_DROP,
        EDITS
    }

    /** Every limit that {@code distance} reaches; none of a version that is itself exact. */
    static List<Reason> reasons(Distance distance, RetrainingLimits limits) {
        var all = new ArrayList<Reason>();
        if (distance.edits() == 0) {
            return all;
        }
        var share = distance.share();
        if (share != null && share >= limits.forgottenShare()) {
            all.add(new Reason(
                    Limit.FORGOTTEN_SHARE,
                    share,
                    limits.forgottenShare(),
                    String.format(
                            Locale.ROOT,
                            "edits took out %.1f %% of the records that the last exact training learned from; the policy allows %.1f %%",
                            100 * share,
                            100 * limits.forgottenShare())));
        }
        var drop = distance.drop();
        var measure = distance.measure();
        if (drop != null && measure != null && drop >= limits.utilityDrop()) {
            all.add(new Reason(
                    Limit.UTILITY_DROP,
                    drop,
                    limits.utilityDrop(),
                    String.format(
                            Locale.ROOT,
                            "%s fell by %.4f since the last exact training; the policy allows %.4f",
                            measure.code(),
                            drop,
                            limits.utilityDrop())));
        }
        if (distance.edits() >= limits.edits()) {
            all.add(new Reason(
                    Limit.EDITS,
                    distance.edits(),
                    limits.edits(),
                    String.format(
                            Locale.ROOT,
                            "%d approximate edits were made in a row; the policy allows %d",
                            distance.edits(),
                            limits.edits())));
        }
        return all;
    }
}
