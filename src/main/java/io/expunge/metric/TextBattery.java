package io.expunge.metric;

import io.expunge.engine.LanguageModel;
import io.expunge.engine.Monitor;
import io.expunge.engine.TextRecipe;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * All checks of one edited language model, in the order of {@link Check}: what {@link Battery} is for classifiers.
 *
 * <p>The references are retrained from scratch on the retain set with the parent's recipe and seeds of their own. They
 * also are the models that saw neither forgotten nor held-out texts, so membership figures are given only where they
 * cannot tell the two apart: {@link HoldOutCheck}.
 */
public final class TextBattery {

    private static final int LEAST_TEXTS = 4;
    private static final List<Check> TELLING =
            List.of(Check.FORGET_PROBABILITY, Check.FORGET_MEMORISATION, Check.FORGET_LIKELIHOOD);

    private final long seed;

    /** A battery whose draws follow {@code seed}. */
    public TextBattery(long seed) {
        this.seed = seed;
    }

    /**
     * Asks every model, one after another, and compares what they answer. Bit for bit the same for the same arguments.
     *
     * @param before the parent
     * @param after the edited model; all models are left as they are
     * @param references retrained models, none of which may be {@code after}
     * @param recipe of the parent's training
     * @param monitor told which model is asked; asked whether to stop at every step
     * @throws io.expunge.engine.Stopped if the monitor asks for it; measuring begins anew then
     */
    public Findings measure(
            LanguageModel before,
            LanguageModel after,
            List<LanguageModel> references,
            TextEvaluationSets sets,
            TextRecipe recipe,
            Monitor monitor) {
        var interrogation = new TextInterrogation(sets, recipe, seed, monitor);
        var models = new ArrayList<>(List.of(before, after));
        models.addAll(references);
        var answers = new ArrayList<TextAnswers>();
        for (var model : models) {
            answers.add(interrogation.of(model));
            monitor.progress("measuring", answers.size(), models.size(), 0);
        }
        return compare(answers.get(0), answers.get(1), answers.subList(2, answers.size()), sets);
    }

    Findings compare(TextAnswers before, TextAnswers after, List<TextAnswers> references, TextEvaluationSets sets) {
        var comparison = new TextComparison(before, after, List.copyOf(references), sets, seed);
        var findings = new ArrayList<Finding>();
        var unmeasured = new TreeMap<String, String>();
        for (var check : Check.of(Check.Family.LANGUAGE_MODEL)) {
            var reason = obstacle(check, comparison);
            if (reason.isEmpty()) {
                findings.add(comparison.finding(check));
            } else {
                unmeasured.put(check.code(), reason);
            }
        }
        var sick = new TextComparison(before, before, comparison.references(), sets, seed);
        var parent = TELLING.stream()
                .filter(check -> obstacle(check, sick).isEmpty())
                .map(sick::finding)
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

    private static String obstacle(Check check, TextComparison comparison) {
        if (comparison.references().isEmpty()) {
            return "there is no retrained reference";
        }
        if (comparison.after().forget().size() < LEAST_TEXTS) {
            return "the forget set has fewer than " + LEAST_TEXTS + " texts";
        }
        return switch (check) {
            case FORGET_LIKELIHOOD -> comparison.references().size() < 2 ? "it needs two retrained references" : "";
            case ATTACK_LOSS, ATTACK_ZLIB, ATTACK_MIN_K, ATTACK_MIN_K_PLUS_PLUS -> untrusted(check, comparison);
            case PROBE_PARAPHRASE ->
                comparison.after().paraphrased().isEmpty() ? "no question is given in other words" : "";
            case PROBE_RECOVERY ->
                comparison.after().recovery().length == 0 ? "too few texts are forgotten to be divided" : "";
            case TEST_MEMORISATION -> comparison.after().test().isEmpty() ? "no text is held out" : "";
            default -> "";
        };
    }

    private static String untrusted(Check check, TextComparison comparison) {
        if (comparison.after().test().size() < LEAST_TEXTS) {
            return "fewer than " + LEAST_TEXTS + " texts are held out";
        }
        return comparison.references().stream()
                .map(reference -> HoldOutCheck.of(comparison.attack(check, reference)))
                .filter(holdOut -> !holdOut.trusted())
                .map(HoldOutCheck::reason)
                .findFirst()
                .orElse("");
    }
}
