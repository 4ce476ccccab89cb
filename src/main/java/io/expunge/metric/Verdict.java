package io.expunge.metric;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Whether an edited network forgot as if it had been retrained.
 *
 * <p>Failed if any check failed; otherwise inconclusive if any check is, if there was no retrained reference to compare
 * with, if the parent itself would have passed, or if the divergence of many networks was demanded and could not be
 * measured or is of too few of them; otherwise passed. Findings on recitation need no reference, but
 * texts that the parent recites.
 *
 * @param judgements one for every finding, in the findings' order
 * @param reasons sentences for people, the gravest first; of a passed verdict that all passed; last a warning, which decides nothing, if
 *     the method was taught by a poor prediction
 */
public record Verdict(Outcome outcome, List<Judgement> judgements, List<String> reasons) {

    public Verdict {
        judgements = List.copyOf(judgements);
        reasons = List.copyOf(reasons);
    }

    /** Holds findings against the limits that were fixed before the run; the same arguments give the same verdict. */
    public static Verdict of(Findings findings, Thresholds thresholds) {
        var judgements = findings.findings().stream()
                .map(finding -> Judgement.of(finding, thresholds))
                .toList();
        var reasons = new ArrayList<String>();
        judgements.stream()
                .filter(judgement -> judgement.outcome() != Outcome.PASSED)
                .sorted(Comparator.comparing(Judgement::outcome))
                .map(Judgement::reason)
                .forEach(reasons::add);
        boolean failed = judgements.stream().anyMatch(judgement -> judgement.outcome() == Outcome.FAILED);
        if (findings.references() == 0 && !recitation(findings)) {
            reasons.add("there is no retrained reference to compare with");
        } else if (findings.parent().isEmpty() && recitation(findings)) {
            reasons.add("too few texts are recited to tell by");
        } else if (findings.parent().stream()
                .allMatch(finding -> Judgement.of(finding, thresholds).outcome() == Outcome.PASSED)) {
            reasons.add("these records left no mark on the parent that tells it from retrained networks,"
                    + " so nothing could show that they were forgotten");
        }
        var divergence = findings.divergence();
        var weakness = divergence == null ? "" : divergence.weakness(thresholds);
        if (!weakness.isEmpty()) {
            reasons.add(weakness);
        }
        var unmeasured = findings.unmeasured().get(Check.FORGET_KLOM.code());
        if (unmeasured != null) {
            reasons.add("the divergence from retrained networks was demanded and could not be measured: " + unmeasured);
        }
        boolean passed = reasons.isEmpty();
        if (passed) {
            reasons.add("all " + judgements.size() + " checks passed");
        }
        var caution = divergence == null ? "" : divergence.caution(thresholds);
        if (!caution.isEmpty()) {
            reasons.add(caution);
        }
        var outcome = failed ? Outcome.FAILED : passed ? Outcome.PASSED : Outcome.INCONCLUSIVE;
        return new Verdict(outcome, judgements, reasons);
    }

    /** Whether recitation was measured, which needs no reference. */
    private static boolean recitation(Findings findings) {
        return !findings.findings().isEmpty()
                && findings.findings().stream()
                        .allMatch(finding -> Check.of(finding.check()).family() == Check.Family.RECITATION);
    }
}
