package io.expunge.engine;

import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/**
 * One stretch of stochastic gradient descent.
 *
 * @param label what a person is told is under way
 * @param recipe steps, step sizes and regularisation; an epoch is a pass over the first source
 * @param seed decides the order of the examples and their augmentation
 * @param sources examples that each step draws a batch from; those after the first begin anew as often as needed
 * @param penalty α of the term α‖θ‖₁ over all trained tensors, by epoch counted from 0
 * @param masks 1 where a weight may move and 0 where it is held at zero, by tensor; absent tensors move freely
 * @param optimiser what turns gradients into steps; Adam takes no momentum from the recipe, and no penalty or masks
 */
public record Descent(
        String label,
        Recipe recipe,
        long seed,
        List<Examples> sources,
        Objective objective,
        IntToDoubleFunction penalty,
        Map<String, float[]> masks,
        Optimiser optimiser) {

    public Descent(String label, Recipe recipe, long seed, List<Examples> sources, Objective objective) {
        this(label, recipe, seed, sources, objective, epoch -> 0, Map.of(), recipe.optimiser());
    }

    public Descent penalised(IntToDoubleFunction penalty) {
        return new Descent(label, recipe, seed, sources, objective, penalty, masks, optimiser);
    }

    public Descent masked(Map<String, float[]> masks) {
        return new Descent(label, recipe, seed, sources, objective, penalty, masks, optimiser);
    }

    /** By Adam, whose weight decay is decoupled. */
    public Descent byAdam() {
        return new Descent(label, recipe, seed, sources, objective, penalty, masks, Optimiser.ADAMW);
    }
}
