package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EnsembleTest {

    private static final Mlp MLP = new Mlp(6, List.of(9, 5), 3);
    private static final Recipe RECIPE = new Recipe(4, 16, 0.2, 0.9, 1e-3, Recipe.Schedule.COSINE, false);

    /** The plain trainer on each part alone is the naive twin. */
    @Test
    void eachMemberIsWhatTheTrainerMakesOfItsPart() {
        var examples = examples(120);
        var parts = parts(5, 120, 50);
        var seeds = new long[] {3, 4, 5, 6, 7};
        try (var ensemble = Ensemble.train(MLP, RECIPE, examples, parts, seeds, Monitor.NONE)) {
            assertThat(ensemble.members()).isEqualTo(5);
            var logits = ensemble.logits(examples);
            for (int m = 0; m < parts.length; m++) {
                try (var alone = Trainer.train(MLP, RECIPE, examples.subset(parts[m]), seeds[m], Monitor.NONE)) {
                    var expected = alone.logits(examples);
                    for (int i = 0; i < examples.size(); i++) {
                        for (int c = 0; c < 3; c++) {
                            assertThat(logits[m][i][c]).isCloseTo(expected[i][c], within(2e-4f));
                        }
                    }
                    var weights = ensemble.weights(m);
                    alone.weights().forEach((name, numbers) -> {
                        for (int i = 0; i < numbers.length; i++) {
                            assertThat(weights.get(name)[i]).as(name).isCloseTo(numbers[i], within(1e-4f));
                        }
                    });
                }
            }
        }
    }

    @Test
    void whoIsBesideAMemberChangesNothing() {
        var examples = examples(120);
        var parts = parts(3, 120, 40);
        try (var three = Ensemble.train(MLP, RECIPE, examples, parts, new long[] {1, 2, 3}, Monitor.NONE);
                var one = Ensemble.train(MLP, RECIPE, examples, new int[][] {parts[1]}, new long[] {2}, Monitor.NONE)) {
            for (int i = 0; i < 120; i++) {
                assertThat(three.logits(examples)[1][i]).containsExactly(one.logits(examples)[0][i], within(2e-4f));
            }
        }
    }

    @Test
    void partsOfSeveralLengthsAreRefused() {
        var examples = examples(20);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ensemble.train(
                        MLP, RECIPE, examples, new int[][] {{1, 2}, {3}}, new long[] {1, 2}, Monitor.NONE));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        Ensemble.train(MLP, RECIPE, examples, new int[][] {{1, 2}}, new long[] {1, 2}, Monitor.NONE));
    }

    private static int[][] parts(int count, int size, int each) {
        var random = new Random(8);
        var parts = new int[count][];
        for (int m = 0; m < count; m++) {
            parts[m] = random.ints(0, size).distinct().limit(each).sorted().toArray();
        }
        return parts;
    }

    private static Examples examples(int size) {
        var random = new Random(1);
        var features = new float[size * 6];
        var labels = new int[size];
        for (int i = 0; i < size; i++) {
            labels[i] = random.nextInt(3);
            for (int j = 0; j < 6; j++) {
                features[i * 6 + j] = (float) (random.nextGaussian() + (j == labels[i] ? 1.5 : 0));
            }
        }
        return Examples.ofFloats(features, labels, 6);
    }
}
