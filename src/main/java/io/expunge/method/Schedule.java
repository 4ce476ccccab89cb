package io.expunge.method;

import io.expunge.engine.Recipe;

/**
 * How long and how fast an approximate method descends: SGD at a constant step size.
 *
 * @param epochs passes over the examples that the method goes through
 * @param batchSize examples a step, of each set that the method draws from
 * @param learningRate η
 * @param momentum μ in [0, 1)
 * @param weightDecay λ
 * @param seed decides the order of the examples and every other draw
 */
public record Schedule(int epochs, int batchSize, double learningRate, double momentum, double weightDecay, long seed) {

    public Schedule {
        // the recipe's guards name the field that is out of range
        new Recipe(epochs, batchSize, learningRate, momentum, weightDecay, Recipe.Schedule.CONSTANT, false);
    }

    Recipe recipe(boolean augment) {
        return new Recipe(epochs, batchSize, learningRate, momentum, weightDecay, Recipe.Schedule.CONSTANT, augment);
    }
}
