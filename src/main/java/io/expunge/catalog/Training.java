package io.expunge.catalog;

import io.expunge.engine.Recipe;
import io.expunge.engine.TextRecipe;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a version came to know what it knows: enough to train it again without somebody.
 *
 * @param recipe of a classifier
 * @param textRecipe of a language model
 * @param seed of the weights and of the order of the examples
 * @param baseId the version whose weights it began with, which learned from no data set; null where they were random
 */
public record Training(
        TrainingSource source,
        @Nullable Recipe recipe,
        @Nullable TextRecipe textRecipe,
        long seed,
        @Nullable UUID baseId) {

    /** The same with other random numbers; the same records stay held out. */
    public Training withSeed(long other) {
        return new Training(source, recipe, textRecipe, other, baseId);
    }

    /** The recipe of a classifier. */
    public Recipe ofNetwork() {
        if (recipe == null) {
            throw new IllegalStateException("a language model has no such recipe");
        }
        return recipe;
    }

    /** The recipe of a language model. */
    public TextRecipe ofLanguageModel() {
        if (textRecipe == null) {
            throw new IllegalStateException("a classifier has no such recipe");
        }
        return textRecipe;
    }
}
