package io.expunge.method;

import io.expunge.engine.HuggingFaceDirectory;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.Sequences;
import io.expunge.engine.Session;
import io.expunge.engine.TextRecipe;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a method for language models gets to work with.
 *
 * @param model the version to be edited, in place
 * @param forget what it learned from and must not have
 * @param retain the rest of what it learned from
 * @param refusals for every record of {@code forget} its prompt with a refusal in place of the answer
 * @param recipe of the version's training
 * @param base what that training began with; empty where it began with random weights
 * @param heldOut texts of the same kind that it never learned from; may be none
 * @param trials told what a method that searches for its settings tried
 * @param session through which all gradients are computed
 * @param curvatures of the version, for methods that need them
 * @param predicted what an attribution says that this version would answer had it never learned from {@code forget}
 */
public record LanguageTask(
        LanguageModel model,
        Sequences forget,
        Sequences retain,
        Sequences refusals,
        TextRecipe recipe,
        Optional<HuggingFaceDirectory> base,
        Sequences heldOut,
        Consumer<Trial> trials,
        Session session,
        Curvatures curvatures,
        Optional<Teacher> predicted) {

    public LanguageTask {
        if (refusals.size() != forget.size()) {
            throw new IllegalArgumentException("refusals must hold one for each of the " + forget.size()
                    + " records to forget but holds " + refusals.size());
        }
    }

    /** For methods that nobody teaches. */
    public LanguageTask(
            LanguageModel model,
            Sequences forget,
            Sequences retain,
            Sequences refusals,
            TextRecipe recipe,
            Optional<HuggingFaceDirectory> base,
            Sequences heldOut,
            Consumer<Trial> trials,
            Session session,
            Curvatures curvatures) {
        this(model, forget, retain, refusals, recipe, base, heldOut, trials, session, curvatures, Optional.empty());
    }

    /** For methods that need no curvature either. */
    public LanguageTask(
            LanguageModel model,
            Sequences forget,
            Sequences retain,
            Sequences refusals,
            TextRecipe recipe,
            Optional<HuggingFaceDirectory> base,
            Sequences heldOut,
            Consumer<Trial> trials,
            Session session) {
        this(
                model,
                forget,
                retain,
                refusals,
                recipe,
                base,
                heldOut,
                trials,
                session,
                Curvatures.NONE,
                Optional.empty());
    }

    /** The same with another session. */
    LanguageTask with(Session other) {
        return new LanguageTask(
                model, forget, retain, refusals, recipe, base, heldOut, trials, other, curvatures, predicted);
    }

    /** The texts of a data set; those that stay where none is named. */
    Sequences textsOf(@Nullable UUID dataset) {
        return dataset == null ? retain : curvatures.texts(dataset);
    }

    /** Puts the model back to where its training began; the seed decides random weights. */
    void start(long seed) {
        base.ifPresentOrElse(model::restore, () -> model.restart(seed));
    }
}
