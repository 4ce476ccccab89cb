package io.expunge.method;

import io.expunge.engine.Decoder;
import io.expunge.engine.TextRecipe;
import org.jspecify.annotations.Nullable;

/** An unlearning algorithm for language models. */
public sealed interface LanguageMethod extends Method
        permits ExactRetraining,
                LanguageAscent,
                WeightedAscent,
                NegativePreference,
                SimpleNegativePreference,
                RefusalPreference,
                RefusalTuning,
                Misdirection,
                SelfDistillation,
                AutomaticPreference,
                DatamodelMatching,
                CurvatureEdit,
                AutomaticCurvature,
                SingularValueTruncation,
                BalancedSubnet {

    /**
     * Edits the task's model in place.
     *
     * @throws io.expunge.engine.Stopped if the task's monitor asks for it
     * @throws io.expunge.engine.Diverged if the loss is no longer a finite number
     */
    void apply(LanguageTask task);

    /** How the weights are moved; null where the version's own training says so. */
    default @Nullable TextRecipe recipe() {
        return null;
    }

    /**
     * Whether it makes a version recite less although nobody asks to be forgotten. What it gets to forget is then some of what
     * the version recites.
     */
    default boolean dememorises() {
        return false;
    }

    /** How many tokens each set of texts must have that it takes curvature over; 0 where it takes none. */
    default long tokensNeeded(Decoder decoder) {
        return 0;
    }

    /** Whether it takes curvature over what the version itself learned from. */
    default boolean readsOwnTexts() {
        return false;
    }

    /**
     * Passes where the method can edit a model of this shape.
     *
     * @throws io.expunge.engine.ModelRefused naming the hyper-parameter that does not fit
     */
    default void requireFit(Decoder decoder) {
        var recipe = recipe();
        if (recipe != null && recipe.lowRank() != null) {
            recipe.lowRank().requireFit(decoder);
        }
    }
}
