package io.expunge.metric;

import io.expunge.engine.Monitor;
import io.expunge.engine.Network;
import io.expunge.engine.Recipe;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
        var sick = new Comparison(before, before, comparison.references(), seed, attacked);
        return new Findings(
                comparison.findings(Check.Family.CLASSIFIER),
                sick.made(TELLING),
                comparison.unmeasured(Check.Family.CLASSIFIER),
                references.size(),
                after.forget().size(),
                after.retain().size(),
                after.test().size(),
                seed,
                null,
                Distributions.of(before, after, comparison.references()));
    }
}
