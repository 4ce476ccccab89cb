package io.expunge.influence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.expunge.engine.Space;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LinearTrainingTest {

    private static final int SIZE = 7;
    private static final int DIMENSIONS = 3;
    private static final double RIDGE = 0.5;
    private static final int[] LEAVING = {1, 4};

    private final float[][] gradients = new float[SIZE][DIMENSIONS];
    private final float[] margins = new float[SIZE];

    LinearTrainingTest() {
        var random = new Random(4);
        for (int i = 0; i < SIZE; i++) {
            margins[i] = (float) random.nextGaussian();
            for (int d = 0; d < DIMENSIONS; d++) {
                gradients[i][d] = (float) random.nextGaussian();
            }
        }
    }

    /** At the end the gradient of what is minimised is nought: Σ_{i∉F} w_i (σ(z_i) − 1) φ_i − Σ_i w_i (σ(m_i) − 1) φ_i + λδ. */
    @Test
    void whatIsLeftOutIsAMinimumOfTheRegressionOfTwoClasses() {
        var counts = new float[] {1, 2, 1, 3, 1, 0.5f, 1};
        var delta = without(counts, LEAVING);
        assertThat(norm(delta)).isGreaterThan(0.1);
        for (int d = 0; d < DIMENSIONS; d++) {
            double slope = RIDGE * delta[d];
            for (int i = 0; i < SIZE; i++) {
                double before = counts[i] * (sigmoid(margins[i]) - 1) * gradients[i][d];
                slope -= before;
                if (i != LEAVING[0] && i != LEAVING[1]) {
                    double moved = margins[i];
                    for (int e = 0; e < DIMENSIONS; e++) {
                        moved += gradients[i][e] * delta[e];
                    }
                    slope += counts[i] * (sigmoid(moved) - 1) * gradients[i][d];
                }
            }
            assertThat(slope).isCloseTo(0, within(1e-3));
        }
    }

    @Test
    void anExampleThatCountsTwiceIsTwoExamples() {
        var ones = new float[] {1, 1, 1, 1, 1, 1, 1};
        gradients[6] = new float[DIMENSIONS];
        var single = without(ones, LEAVING);
        var twice = without(new float[] {1, 1, 1, 2, 1, 1, 1}, LEAVING);
        gradients[6] = gradients[3];
        margins[6] = margins[3];
        assertThat(without(ones, LEAVING)).containsExactly(twice, within(1e-4f));
        assertThat(single[0]).isNotCloseTo(twice[0], within(1e-3f));
    }

    @Test
    void withoutAnybodyLeavingNothingMoves() {
        assertThat(norm(without(new float[] {1, 2, 1, 3, 1, 1, 1}, new int[0]))).isCloseTo(0, within(1e-6));
    }

    private float[] without(float[] counts, int[] set) {
        var projected = new float[2 * SIZE * DIMENSIONS];
        var logits = new float[SIZE][2];
        for (int i = 0; i < SIZE; i++) {
            System.arraycopy(gradients[i], 0, projected, i * DIMENSIONS, DIMENSIONS);
            logits[i][0] = margins[i];
        }
        try (var space = new Space()) {
            return new LinearTraining(
                            projected,
                            DIMENSIONS,
                            new LinearTraining.Outcome(logits, new int[SIZE], counts),
                            new int[][] {set},
                            () -> {},
                            space.manager())
                    .without(RIDGE, 0)[0];
        }
    }

    private static double norm(float[] vector) {
        return Math.sqrt(IntStream.range(0, vector.length)
                .mapToDouble(d -> vector[d] * vector[d])
                .sum());
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
