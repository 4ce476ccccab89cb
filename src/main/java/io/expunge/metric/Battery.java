package io.expunge.metric;

import io.expunge.engine.Monitor;
import io.expunge.engine.Network;
import io.expunge.engine.Recipe;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * All checks of one edited network, in the order of {@link Check}.
 *
 * <pre>
 * var findings = new Battery(seed).measure(parent, edited, references, sets, recipe, monitor);  // measure stage
 * var verdict = Verdict.of(findings, thresholds);                                               // judge stage
 * </pre>
 *
 * <p>The thresholds are those that were stored before the run began. The references are retrained from scratch on the
 * retain set with the parent's recipe and seeds of their own; three to five is what the limits were calibrated with.
 */
public final class Battery {

    /** Fewer records than this cannot be told apart by any area or share. */
    private static final int LEAST_RECORDS = 4;

    /** Checks that tell a parent from retrained networks wherever it can be told. */
    private static final List<Check> TELLING =
            List.of(Check.FORGET_ACCURACY, Check.FORGET_TRACE, Check.FORGET_OUTPUTS, Check.PROBE_BIAS);

    private final long seed;
    private final Map<Answers, double[]> attacked = new HashMap<>();

    /**
     * A battery whose draws follow {@code seed}: networks measured under one seed are comparable. Not for several threads.
     */
    public Battery(long seed) {
        this.seed = seed;
    }

    /**
     * Asks every network, one after another, and compares what they answer. Bit for bit the same for the same arguments;
     * cheap beside a training: some passes over the sets and some steps on half of the forget set for every network.
     *
     * @param before the parent
     * @param after the edited network; all networks are left as they are
     * @param references retrained networks, none of which may be {@code after}
     * @param recipe of the parent's training
     * @param monitor told which network is asked; asked whether to stop before each and at every step
     * @throws io.expunge.engine.Stopped if the monitor asks for it; measuring begins anew then
     * @throws IllegalArgumentException if a network's answer is not a finite number
     */
    public Findings measure(
            Network before,
            Network after,
            List<Network> references,
            EvaluationSets sets,
            Recipe recipe,
            Monitor monitor) {
        var interrogation = new Interrogation(sets, recipe, seed, monitor);
        var networks = new ArrayList<>(List.of(before, after));
        networks.addAll(references);
        var answers = new ArrayList<Answers>();
        for (var network : networks) {
            answers.add(interrogation.of(network));
            monitor.progress("measuring", answers.size(), networks.size(), 0);
        }
        return compare(answers.get(0), answers.get(1), answers.subList(2, answers.size()));
    }

    /** What {@link #compare} needs of one network; the same for all that are compared. */
    public Answers ask(Network network, EvaluationSets sets, Recipe recipe, Monitor monitor) {
        return new Interrogation(sets, recipe, seed, monitor).of(network);
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
        var comparison = new Comparison(before, after, List.copyOf(references), seed, attacked);
        var findings = new ArrayList<Finding>();
        var unmeasured = new TreeMap<String, String>();
        for (var check : Check.of(Check.Family.CLASSIFIER)) {
            var reason = obstacle(check, comparison);
            if (reason.isEmpty()) {
                findings.add(measure(check).apply(comparison));
            } else {
                unmeasured.put(check.code(), reason);
            }
        }
        var sick = new Comparison(before, before, comparison.references(), seed, attacked);
        var parent = TELLING.stream()
                .filter(check -> obstacle(check, sick).isEmpty())
                .map(check -> measure(check).apply(sick))
                .toList();
        return new Findings(
                findings,
                parent,
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
            case FORGET_TRACE, FORGET_SCATTER ->
                comparison.stayingForgetRows().length < LEAST_RECORDS
                        ? "too few forgotten records are of a class that keeps records"
                        : "";
            case FORGET_OUTPUTS -> comparison.references().size() < 2 ? "it needs two retrained references" : "";
            case PROBE_BIAS -> comparison.goneClasses().length == 0 ? "every class keeps records" : "";
            case PROBE_RELEARN -> comparison.after().relearning().isEmpty() ? "nothing was relearned" : "";
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
            default -> throw new IllegalArgumentException(check.code() + " is no check of classifiers");
        };
    }
}
