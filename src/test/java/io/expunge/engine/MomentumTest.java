package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import ai.djl.ndarray.types.Shape;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MomentumTest {

    private static final double[] GRADIENTS = {0.5, -2, 0.25};

    @Test
    void threeStepsFollowTheFormulaAndVectorsKeepTheirWeight() {
        try (var manager = Torch.manager()) {
            var matrix = manager.create(new float[] {1}, new Shape(1, 1));
            var vector = manager.create(new float[] {1});
            var optimiser = new Momentum(manager, Map.of("matrix", matrix, "vector", vector), 0.8, 0.1, 0);
            for (double gradient : GRADIENTS) {
                var ofMatrix = manager.create(new float[] {(float) gradient}, new Shape(1, 1));
                var ofVector = manager.create(new float[] {(float) gradient});
                optimiser.step(manager, Map.of("matrix", ofMatrix, "vector", ofVector), 0.01);
                assertThat(ofMatrix.toFloatArray()).containsExactly(0);
                assertThat(ofVector.toFloatArray()).containsExactly(0);
            }
            assertThat(matrix.toFloatArray()[0]).isCloseTo((float) byHand(0.1), offset(1e-6f));
            assertThat(vector.toFloatArray()[0]).isCloseTo((float) byHand(0), offset(1e-6f));
            assertThat(optimiser.state()).containsOnlyKeys("velocity:matrix", "velocity:vector");
        }
    }

    @Test
    void aLargeGradientIsScaledDownToTheLimitOfItsNorm() {
        try (var manager = Torch.manager()) {
            var a = manager.create(new float[] {1}, new Shape(1, 1));
            var b = manager.create(new float[] {1});
            var optimiser = new Momentum(manager, Map.of("a", a, "b", b), 0, 0, 1);
            // norm 5, so the gradients are taken for 0.6 and 0.8
            var gradients =
                    Map.of("a", manager.create(new float[] {3}, new Shape(1, 1)), "b", manager.create(new float[] {4}));
            optimiser.step(manager, gradients, 0.5);
            assertThat(a.toFloatArray()[0]).isCloseTo(0.7f, offset(1e-5f));
            assertThat(b.toFloatArray()[0]).isCloseTo(0.6f, offset(1e-5f));
        }
    }

    private static double byHand(double decay) {
        double weight = 1;
        double velocity = 0;
        for (double gradient : GRADIENTS) {
            velocity = 0.8 * velocity + gradient + decay * weight;
            weight -= 0.01 * velocity;
        }
        return weight;
    }
}
