package io.expunge.metric;

import io.expunge.engine.LanguageModel;
import io.expunge.engine.Monitor;
import io.expunge.engine.TextRecipe;
import java.util.ArrayList;
import java.util.List;

/**
 * All checks of one edited language model, in the order of {@link Check}: what {@link Battery} is for classifiers.
 *
 * <p>The references are retrained from scratch on the retain set with the parent's recipe and seeds of their own. They
 * also are the models that saw neither forgotten nor held-out texts, so membership figures are given only where they
 * cannot tell the two apart: {@link HoldOutCheck}.
 */
public final class TextBattery {

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

    /**
     * What {@link #compare} needs of one model; the same for all that are compared.
     *
     * @throws io.expunge.engine.Stopped if the monitor asks for it
     */
    public TextAnswers ask(LanguageModel model, TextEvaluationSets sets, TextRecipe recipe, Monitor monitor) {
        return new TextInterrogation(sets, recipe, seed, monitor).of(model);
    }

    /**
     * Compares what was answered to the same battery.
     *
     * @param references of retrained models, none of which may be {@code after}
     */
    public Findings compare(
            TextAnswers before, TextAnswers after, List<TextAnswers> references, TextEvaluationSets sets) {
        var comparison = new TextComparison(before, after, List.copyOf(references), sets, seed);
        var sick = new TextComparison(before, before, comparison.references(), sets, seed);
        return new Findings(
                comparison.findings(Check.Family.LANGUAGE_MODEL),
                sick.made(TELLING),
                comparison.unmeasured(Check.Family.LANGUAGE_MODEL),
                references.size(),
                after.forget().size(),
                after.retain().size(),
                after.test().size(),
                seed,
                null,
                Distributions.of(comparison));
    }
}
