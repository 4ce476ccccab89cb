package io.expunge.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.expunge.engine.Examples;
import io.expunge.engine.Mlp;
import io.expunge.engine.Monitor;
import io.expunge.engine.Network;
import io.expunge.engine.Recipe;
import io.expunge.engine.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * On the smallest network, h = relu(x) and logits w h + b with w = b = 0: at first the student is its teacher and the divergence
 * and its gradient are 0, so the first climb moves nothing, and the descent after it moves w and b by Adam's η.
 */
class ScrubTest {

    private static final Mlp NET = new Mlp(1, List.of(1), 2);
    private static final Examples FORGET = Examples.ofFloats(new float[] {2}, new int[] {1}, 1);
    private static final Examples RETAIN = Examples.ofFloats(new float[] {4}, new int[] {0}, 1);
    private static final double RATE = 0.25;

    @Test
    void theStudentObeysOnTheRetainSet() {
        var seen = scrubbed(new Scrub(1, 1, 2, 0.5, 1, 64, 32, RATE, 0, 0.1, 1));
        assertThat(seen.weights().get("fc2.weight")).containsExactly(new float[] {0.25f, -0.25f}, within(1e-6f));
        assertThat(seen.weights().get("fc2.bias")).containsExactly(new float[] {0.25f, -0.25f}, within(1e-6f));
        assertThat(seen.losses().get(0)).as("a student that is its teacher").isCloseTo(0.0, within(1e-7));
        assertThat(seen.losses().get(1)).as("ln 2 of two even classes").isCloseTo(Math.log(2), within(1e-6));
    }

    @Test
    void theClimbIsUpTheDivergenceFromTheTeacherAtATemperature() {
        var seen = scrubbed(new Scrub(2, 2, 2, 0.5, 1, 64, 32, RATE, 0, 1, 1));
        // on h = 2 the logits are now ±0.75 and at T = 2 the probabilities σ(±0.75)
        double p = 1 / (1 + Math.exp(-0.75));
        double divergence = 4 * (0.5 * Math.log(0.5 / p) + 0.5 * Math.log(0.5 / (1 - p)));
        assertThat(seen.losses().get(2)).isCloseTo(-divergence, within(1e-6));
        // which grows with |w|: the climb goes up
        assertThat(seen.losses()).hasSize(4);
    }

    @Test
    void obedienceAloneKeepsTheTeachersAnswers() {
        var seen = scrubbed(new Scrub(0, 3, 2, 1, 0, 64, 32, RATE, 0, 0.1, 1));
        assertThat(seen.weights().get("fc2.weight")).containsExactly(0, 0);
        assertThat(seen.losses()).hasSize(3).allSatisfy(loss -> assertThat(loss).isCloseTo(0.0, within(1e-7)));
    }

    @Test
    void hyperParametersOutOfRangeAreRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Scrub(4, 3, 2, 0.5, 1, 64, 32, RATE, 0, 0.1, 1))
                .withMessageContaining("forgetEpochs");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Scrub(1, 3, 0, 0.5, 1, 64, 32, RATE, 0, 0.1, 1))
                .withMessageContaining("temperature");
    }

    private record Seen(Map<String, float[]> weights, List<Double> losses) {}

    private static Seen scrubbed(Scrub method) {
        var losses = new ArrayList<Double>();
        var monitor = new Monitor() {
            @Override
            public void progress(String stage, long done, long total, double loss) {
                losses.add(loss);
            }
        };
        try (var network = Network.initialise(NET, 0)) {
            network.restore(Map.of(
                    "fc1.weight", new float[] {1},
                    "fc1.bias", new float[] {0},
                    "fc2.weight", new float[] {0, 0},
                    "fc2.bias", new float[] {0, 0}));
            method.apply(new Task(
                    network,
                    FORGET,
                    RETAIN,
                    new Recipe(1, 2, 0.5, 0, 0, Recipe.Schedule.CONSTANT, false),
                    Optional.empty(),
                    new Session(monitor)));
            return new Seen(network.weights(), losses);
        }
    }
}
