package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FullBatchTest {

    @Test
    void aParabolaIsDescendedByTheClosedForm() {
        // L = ½ Σ aᵢ θᵢ², so that every step multiplies θᵢ by 1 − η aᵢ
        try (var descent = new FullBatch()) {
            var curvature = descent.constant(new double[] {1, 3}, 2);
            var start = new double[] {2, -5};
            var end = descent.descend(
                    start, 40, 0.1, theta -> theta.square().mul(curvature).sum().mul(0.5));
            assertThat(end[0]).isCloseTo(2 * Math.pow(0.9, 40), within(1e-14));
            assertThat(end[1]).isCloseTo(-5 * Math.pow(0.7, 40), within(1e-14));
            assertThat(start).containsExactly(2, -5);
        }
    }

    @Test
    void gradientsAreThoseOfOneCallAlone() {
        try (var descent = new FullBatch()) {
            var rows = descent.constant(new double[] {1, 2, 3, 4, 5, 6}, 3, 2);
            for (int call = 0; call < 3; call++) {
                // the mean of the columns
                assertThat(descent.gradient(
                                new double[] {7, 8}, theta -> rows.matMul(theta).mean()))
                        .containsExactly(3, 4);
            }
        }
    }

    @Test
    void aLossThatIsNoNumberIsTold() {
        try (var descent = new FullBatch()) {
            assertThatExceptionOfType(Diverged.class)
                    .isThrownBy(() -> descent.gradient(
                            new double[] {-1}, theta -> theta.log().sum()));
        }
    }

    @Test
    void nothingOfAStepOutlivesIt() throws Exception {
        try (var descent = new FullBatch()) {
            var large = descent.constant(new double[1 << 18], 1 << 18);
            Runnable steps = () -> descent.descend(
                    new double[] {1}, 500, 0.1, theta -> large.add(theta).mean());
            steps.run();
            long before = resident();
            steps.run();
            // one array of 2 MiB left behind by each step would come to 1,000 MiB
            assertThat(resident() - before).isLessThan(200L << 20);
        }
    }

    private static long resident() throws Exception {
        return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * 4096;
    }
}
