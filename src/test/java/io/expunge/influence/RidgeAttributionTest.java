package io.expunge.influence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RidgeAttributionTest {

    private static final double PENALTY = 0.5;
    private static final int[] FORGET = {3, 11, 40, 41, 77};

    @Test
    void whatIsPredictedWithoutSomeIsWhatRetrainingGives() {
        var problem = new Problem(120, 9);
        var fitted = new RidgeAttribution(problem.inputs, problem.targets, PENALTY);
        var retrained = problem.without(FORGET);
        var predicted = fitted.predictedWithout(FORGET, problem.inputs);
        for (int i = 0; i < 120; i++) {
            assertThat(predicted[i]).isCloseTo(dot(problem.inputs[i], retrained), within(1e-8));
        }
    }

    /** One input and two records by hand: A = 1 + 4 + 1, w = (1·2 + 2·3)/6; without the second w = 2/2. */
    @Test
    void byHand() {
        var fitted = new RidgeAttribution(new double[][] {{1}, {2}}, new double[] {2, 3}, 1);
        assertThat(fitted.weights()[0]).isCloseTo(8.0 / 6, within(1e-12));
        assertThat(fitted.without(new int[] {1})[0]).isCloseTo(1, within(1e-12));
    }

    /**
     * Datamodel matching on it: gradient descent on the squared distance to the predicted outputs ends at the retrained model.
     * Ascent on the forget set's own loss passes it by: forgotten points want different stopping times, whatever the step.
     */
    @Test
    void matchingThePredictedOutputsEndsAtRetrainingAndAscentNowhereNearIt() {
        var problem = new Problem(120, 9);
        var fitted = new RidgeAttribution(problem.inputs, problem.targets, PENALTY);
        var retrained = problem.without(FORGET);
        double before = distance(fitted.weights(), retrained);
        var aims = fitted.predictedWithout(FORGET, problem.inputs);
        var matched = fitted.weights();
        for (int step = 0; step < 20_000; step++) {
            matched = down(problem.inputs, aims, matched, 5e-4);
        }
        assertThat(distance(matched, retrained)).isLessThan(1e-6 * before);

        double nearest = Double.POSITIVE_INFINITY;
        var left = Arrays.stream(FORGET).mapToObj(i -> problem.inputs[i]).toArray(double[][]::new);
        var wrong = Arrays.stream(FORGET).mapToDouble(i -> problem.targets[i]).toArray();
        for (int k = 0; k < 20; k++) {
            double rate = 1e-5 * Math.pow(10, k * 0.25);
            var ascended = fitted.weights();
            for (int step = 0; step < 2_000 && distance(ascended, retrained) < 100 * before; step++) {
                ascended = down(left, wrong, ascended, -rate);
                nearest = Math.min(nearest, distance(ascended, retrained));
            }
        }
        assertThat(nearest)
                .as("with the best step size, stopped at the best step")
                .isGreaterThan(0.1 * before);
    }

    @Test
    void whatIsNoProblemIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RidgeAttribution(new double[2][1], new double[3], 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new RidgeAttribution(new double[2][1], new double[2], 0));
    }

    /** One step against the gradient of ½ Σ (xᵀw − y)². */
    private static double[] down(double[][] inputs, double[] targets, double[] weights, double rate) {
        var next = weights.clone();
        for (int i = 0; i < inputs.length; i++) {
            double off = dot(inputs[i], weights) - targets[i];
            for (int j = 0; j < next.length; j++) {
                next[j] -= rate * off * inputs[i][j];
            }
        }
        return next;
    }

    private static double dot(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
    }

    private static double distance(double[] a, double[] b) {
        return Math.sqrt(IntStream.range(0, a.length)
                .mapToDouble(i -> (a[i] - b[i]) * (a[i] - b[i]))
                .sum());
    }

    private static final class Problem {

        private final double[][] inputs;
        private final double[] targets;

        Problem(int size, int width) {
            var random = new Random(3);
            inputs = new double[size][width];
            targets = new double[size];
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < width; j++) {
                    inputs[i][j] = random.nextGaussian() * (1 + j % 3);
                }
                targets[i] = inputs[i][0] - 2 * inputs[i][1] + random.nextGaussian() * 2;
            }
        }

        /** Retraining by the definition, on what is left. */
        double[] without(int[] rows) {
            var gone = Arrays.stream(rows).boxed().toList();
            var rest = IntStream.range(0, inputs.length)
                    .filter(i -> !gone.contains(i))
                    .toArray();
            return new RidgeAttribution(
                            Arrays.stream(rest).mapToObj(i -> inputs[i]).toArray(double[][]::new),
                            Arrays.stream(rest).mapToDouble(i -> targets[i]).toArray(),
                            PENALTY)
                    .weights();
        }
    }
}
