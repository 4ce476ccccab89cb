package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import ai.djl.ndarray.types.Shape;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AdamWTest {

    private static final double[] GRADIENTS = {0.5, -2, 0.25};

    @Test
    void threeStepsFollowTheFormulaAndVectorsKeepTheirWeight() {
        try (var manager = Torch.manager()) {
            var matrix = manager.create(new float[] {1}, new Shape(1, 1));
            var vector = manager.create(new float[] {1});
            var optimiser = new AdamW(manager, Map.of("matrix", matrix, "vector", vector), 0.1, 0);
            for (double gradient : GRADIENTS) {
                var ofMatrix = manager.create(new float[] {(float) gradient}, new Shape(1, 1));
                var ofVector = manager.create(new float[] {(float) gradient});
                optimiser.step(manager, Map.of("matrix", ofMatrix, "vector", ofVector), 0.01);
                assertThat(ofMatrix.toFloatArray()).containsExactly(0);
                assertThat(ofVector.toFloatArray()).containsExactly(0);
            }
            assertThat(matrix.toFloatArray()[0]).isCloseTo((float) byHand(0.1, 1), offset(1e-6f));
            assertThat(vector.toFloatArray()[0]).isCloseTo((float) byHand(0, 1), offset(1e-6f));
        }
    }

    @Test
    void aLargeGradientIsScaledDownToTheLimitOfItsNorm() {
        try (var manager = Torch.manager()) {
            var a = manager.create(new float[] {1}, new Shape(1, 1));
            var b = manager.create(new float[] {1}, new Shape(1, 1));
            var optimiser = new AdamW(manager, Map.of("a", a, "b", b), 0, 1);
            // norm 5, so both moments are those of gradients 0.6 and 0.8
            var gradients = Map.of(
                    "a", manager.create(new float[] {3}, new Shape(1, 1)),
                    "b", manager.create(new float[] {4}, new Shape(1, 1)));
            optimiser.step(manager, gradients, 0.01);
            assertThat(optimiser.state().get("first:a").toFloatArray()[0]).isCloseTo(0.06f, offset(1e-6f));
            assertThat(optimiser.state().get("first:b").toFloatArray()[0]).isCloseTo(0.08f, offset(1e-6f));
        }
    }

    private static double byHand(double decay, double start) {
        double weight = start;
        double m = 0;
        double v = 0;
        for (int t = 1; t <= GRADIENTS.length; t++) {
            double g = GRADIENTS[t - 1];
            weight -= 0.01 * decay * weight;
            m = 0.9 * m + 0.1 * g;
            v = 0.999 * v + 0.001 * g * g;
            double unbiased = m / (1 - Math.pow(0.9, t));
            weight -= 0.01 * unbiased / (Math.sqrt(v / (1 - Math.pow(0.999, t))) + 1e-8);
        }
        return weight;
    }
}
