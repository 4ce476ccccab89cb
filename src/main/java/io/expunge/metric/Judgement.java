package io.expunge.metric;

import java.util.Locale;

/**
 * One finding held against its limit.
 *
 * @param check its code
 * @param threshold the limit, fixed before the run
 * @param reason one sentence with the numbers
 */
public record Judgement(String check, double threshold, Outcome outcome, String reason) {

    static Judgement of(Finding finding, Thresholds thresholds) {
        var check = Check.of(finding.check());
        double limit = thresholds.limit(check);
        var outcome = check.judge(finding, limit);
        var reason = String.format(
                Locale.ROOT,
                "%s %s: %s came to %.4g (95 %% interval %.4g to %.4g), which %s%s",
                check.code(),
                switch (outcome) {
                    case PASSED -> "passed";
                    case FAILED -> "failed";
                    case INCONCLUSIVE -> "is inconclusive";
                },
                check.description(),
                finding.difference(),
                finding.low(),
                finding.high(),
                check.demand(limit),
                finding.referenceLow() == null
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                "; edited %.4g, retrained %.4g to %.4g",
                                finding.after(),
                                finding.referenceLow(),
                                finding.referenceHigh()));
        return new Judgement(check.code(), limit, outcome, reason);
    }
}
