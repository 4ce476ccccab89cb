package io.expunge.method;

import io.expunge.engine.Descent;
import io.expunge.engine.Examples;
import io.expunge.engine.Recipe;
import io.expunge.engine.Seeds;
import io.expunge.engine.Targets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * How a network is tuned towards a teacher's logits: Adam on the mean squared error over all logits of the forget set and
 * of a random part of the retain set, drawn once. No label is used and no image moved.
 *
 * @param forgetRepeats how often each record of the forget set stands in an epoch; 5 in the released configuration
 * @param retainMultiple records of the retain set for each of the forget set; 20 there
 * @param epochs passes over these points; 4 there
 * @param batchSize 512 there
 * @param learningRate the highest step size of the schedule; 10⁻⁴ there
 * @param schedule how the step size moves; 0.95 to the power of the epoch there, which over 4 epochs is all but constant
 * @param seed decides which retained records take part, and the order
 */
public record Matching(
        int forgetRepeats,
        int retainMultiple,
        int epochs,
        int batchSize,
        double learningRate,
        Recipe.Schedule schedule,
        long seed) {

    public Matching {
        Require.between("forgetRepeats", forgetRepeats, 1, 1000);
        Require.between("retainMultiple", retainMultiple, 1, 1000);
        Require.given("schedule", schedule);
        recipe(epochs, batchSize, learningRate, schedule);
    }

    private static Recipe recipe(int epochs, int batchSize, double learningRate, Recipe.Schedule schedule) {
        return new Recipe(epochs, batchSize, learningRate, 0, 0, schedule, false);
    }

    void descend(Task task, Teacher teacher, String label) {
        int[] rows = retained(
                seed, retainMultiple, task.forget().size(), task.retain().size());
        var forget = IntStream.range(0, forgetRepeats)
                .flatMap(ignored -> IntStream.range(0, task.forget().size()))
                .toArray();
        var points = Examples.concat(task.forget().subset(forget), task.retain().subset(rows));
        var onForget = teacher.onForget();
        var onRetain = teacher.onRetain(rows);
        var wished = new float[points.size()][];
        for (int i = 0; i < wished.length; i++) {
            wished[i] = i < forget.length ? onForget[forget[i]] : onRetain[i - forget.length];
        }
        try (var targets = new Targets(task.network(), wished)) {
            task.session()
                    .descend(
                            task.network(),
                            new Descent(
                                            label,
                                            recipe(epochs, batchSize, learningRate, schedule),
                                            Seeds.derive(seed, 1),
                                            List.of(points),
                                            (network, batches) -> {
                                                var batch = batches.getFirst();
                                                var apart =
                                                        network.logits(batch).sub(targets.at(batch));
                                                return apart.mul(apart).mean();
                                            })
                                    .byAdam());
        }
    }

    /**
     * Which retained records take part.
     *
     * @param multiple of the forget set's size, as far as there are so many
     * @return different places in the retain set, ascending
     */
    static int[] retained(long seed, int multiple, int forget, int retain) {
        int count = Math.min(Math.multiplyExact(multiple, forget), retain);
        var random = new SplittableRandom(Seeds.derive(seed, 0));
        var places = IntStream.range(0, retain).toArray();
        for (int i = 0; i < count; i++) {
            int other = i + random.nextInt(retain - i);
            int place = places[i];
            places[i] = places[other];
            places[other] = place;
        }
        return Arrays.stream(places, 0, count).sorted().toArray();
    }
}
