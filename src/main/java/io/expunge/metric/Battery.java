package io.expunge.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;

/** All checks of one edited network, in the order of {@link Check}. */
public final class Battery {

    /** Fewer records than this cannot be told apart by any area or share. */
    private static final int LEAST_RECORDS = 4;

    private final long seed;

    /** A battery whose draws follow {@code seed}: networks measured under one seed are comparable. */
    public Battery(long seed) {
        this.seed = seed;
    }

    /**
     * Compares what networks answered.
     *
     * @param before the parent's answers
     * @param after the edited network's, to the same records in the same order
     * @param references the retrained networks'; without one only little can be measured, two or more give the spread
     *     of honest retraining
     */
    public Findings compare(Answers before, Answers after, List<Answers> references) {
        var comparison = new Comparison(before, after, List.copyOf(references), seed);
        var findings = new ArrayList<Finding>();
        var unmeasured = new TreeMap<String, String>();
        for (var check : Check.values()) {
            var reason = obstacle(check, comparison);
            if (reason.isEmpty()) {
                findings.add(measure(check).apply(comparison));
            } else {
                unmeasured.put(check.code(), reason);
            }
        }
        return new Findings(
                findings,
                unmeasured,
                references.size(),
                after.forget().size(),
                after.retain().size(),
                after.test().size(),
                seed);
    }

    private static String obstacle(Check check, Comparison comparison) {
        if (comparison.references().isEmpty()) {
            return "there is no retrained reference";
        }
        if (comparison.after().forget().size() < LEAST_RECORDS) {
            return "the forget set has fewer than " + LEAST_RECORDS + " records";
        }
        return switch (check) {
            case FORGET_OUTPUTS -> comparison.references().size() < 2 ? "it needs two retrained references" : "";
            case PROBE_BIAS -> comparison.goneClasses().length == 0 ? "every class keeps records" : "";
            case PROBE_RELEARN -> comparison.after().relearned() == null ? "nothing was relearned" : "";
            default -> "";
        };
    }

    private static Function<Comparison, Finding> measure(Check check) {
        return switch (check) {
            case FORGET_ACCURACY -> ForgetChecks::accuracy;
            case FORGET_ATTACK -> ForgetChecks::attack;
            case FORGET_MEMBERSHIP -> ForgetChecks::membership;
            case FORGET_TRACE -> ForgetChecks::trace;
            case FORGET_SCATTER -> ForgetChecks::scatter;
            case FORGET_OUTPUTS -> ForgetChecks::outputs;
            case RETAIN_ACCURACY -> KeepChecks::retained;
            case TEST_ACCURACY -> KeepChecks::tested;
            case PROBE_BIAS -> ProbeChecks::bias;
            case PROBE_FEATURES -> ProbeChecks::features;
            case PROBE_RELEARN -> ProbeChecks::relearn;
            case PARENT_OUTPUTS -> ParentChecks::outputs;
            case PARENT_FEATURES -> ParentChecks::features;
        };
    }
}
