package io.expunge.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.expunge.engine.Examples;
import io.expunge.engine.Mlp;
import io.expunge.engine.Monitor;
import io.expunge.engine.Network;
import io.expunge.engine.Recipe;
import io.expunge.engine.Session;
import io.expunge.engine.Trainer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * One step of each method, computed by hand on the smallest network: h = relu(x), logits = w h + b with w = b = 0, so that
 * p = (1/2, 1/2), ∂L/∂w = h (p − y) and ∂L/∂b = p − y; η = 1/2 without momentum or decay.
 */
class MethodTest {

    private static final Mlp NET = new Mlp(1, List.of(1), 2);
    /** h = 2, label 1: ∂L/∂w = (1, −1), ∂L/∂b = (1/2, −1/2). */
    private static final Examples FORGET = Examples.ofFloats(new float[] {2}, new int[] {1}, 1);
    /** h = 4, label 0: ∂L/∂w = (−2, 2), ∂L/∂b = (−1/2, 1/2). */
    private static final Examples RETAIN = Examples.ofFloats(new float[] {4}, new int[] {0}, 1);

    private static final Schedule ONE_STEP = new Schedule(1, 2, 0.5, 0, 0, 7);

    @Test
    void fineTuningDescendsOnTheRetainSet() {
        expect(new FineTuning(ONE_STEP), new float[] {1, -1}, new float[] {0.25f, -0.25f}, 1);
    }

    @Test
    void gradientAscentClimbsOnTheForgetSet() {
        expect(new GradientAscent(ONE_STEP), new float[] {0.5f, -0.5f}, new float[] {0.25f, -0.25f}, 1);
    }

    @Test
    void negGradPlusWeighsBoth() {
        // 3/4 (−2, 2) − 1/4 (1, −1) = (−7/4, 7/4) and 3/4 (−1/2, 1/2) − 1/4 (1/2, −1/2) = (−1/2, 1/2)
        expect(new NegativeGradientPlus(0.75, ONE_STEP), new float[] {0.875f, -0.875f}, new float[] {0.25f, -0.25f}, 1);
    }

    @Test
    void gradientDifferenceWeighsBothAlike() {
        // (−2, 2) − (1, −1) = (−3, 3) and (−1/2, 1/2) − (1/2, −1/2) = (−1, 1)
        expect(new GradientDifference(ONE_STEP), new float[] {1.5f, -1.5f}, new float[] {0.5f, -0.5f}, 1);
    }

    @Test
    void randomLabelsLearnTheOnlyOtherLabelBesideTheRetainSet() {
        // mean of (−2, 2) and, for label 0 instead of 1, 2 (−1/2, 1/2)
        expect(new RandomLabels(ONE_STEP), new float[] {0.75f, -0.75f}, new float[] {0.25f, -0.25f}, 1);
    }

    @Test
    void l1SparseAddsTheSignOfEveryWeight() {
        // zeros have no sign, so only the first layer's 1 feels γ = 0.2: 1 − 0.2 / 2
        expect(new L1Sparse(0.2, 0, ONE_STEP), new float[] {1, -1}, new float[] {0.25f, -0.25f}, 0.9f);
    }

    @Test
    void thePenaltyDecaysLinearlyAndIsGoneInThePlainEpochs() {
        var method = new L1Sparse(0.4, 1, new Schedule(5, 2, 0.5, 0, 0, 7));
        assertThat(IntStream.range(0, 5).mapToDouble(method::penaltyAt))
                .containsExactly(0.4, 0.4 * 0.75, 0.4 * 0.5, 0.4 * 0.25, 0.0);
    }

    @Test
    void randomLabelsAreNeverTheTrueOnesAndHitAllOthers() {
        var labels = new int[900];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i % 3;
        }
        var wrong = new RandomLabels(ONE_STEP)
                .wrong(Examples.ofFloats(new float[900], labels, 1), 3)
                .labels();
        var shifts = IntStream.range(0, labels.length)
                .map(i -> Math.floorMod(wrong[i] - labels[i], 3))
                .toArray();
        assertThat(IntStream.of(shifts).filter(shift -> shift == 0).count()).isZero();
        assertThat(IntStream.of(shifts).filter(shift -> shift == 1).count()).isBetween(380L, 520L);
    }

    @Test
    void exactRetrainingIsATrainingOnTheRetainSet() {
        var recipe = new Recipe(3, 8, 0.1, 0.9, 1e-3, Recipe.Schedule.COSINE, false);
        var net = new Mlp(2, List.of(6), 2);
        var retain = line(40);
        try (var expected = Trainer.train(net, recipe, retain, 9, Monitor.NONE);
                var network = Network.initialise(net, 1)) {
            new ExactRetraining(9)
                    .apply(new Task(network, line(5), retain, recipe, Optional.empty(), new Session(Monitor.NONE)));
            network.weights()
                    .forEach((name, values) -> assertThat(values)
                            .as(name)
                            .isEqualTo(expected.weights().get(name)));
        }
    }

    @Test
    void pruningTakesTheSmallestMagnitudesOverAllMatricesTogether() {
        Map<String, float[]> weights = new LinkedHashMap<>();
        weights.put("a", new float[] {3, -0.1f, 2, -4});
        weights.put("bias", new float[] {0.01f});
        weights.put("b", new float[] {0.5f, -0.2f, 0.2f, 9});
        var masks = PruneThenUnlearn.masks(weights, List.of("a", "b"), 0.5);
        assertThat(masks.get("a")).containsExactly(1, 0, 1, 1);
        assertThat(masks.get("b")).containsExactly(0, 0, 0, 1);
        assertThat(masks).doesNotContainKey("bias");
        // ⌊0.25 · 8⌋ = 2: the tie between 0.2 and −0.2 is broken by order
        assertThat(PruneThenUnlearn.masks(weights, List.of("a", "b"), 0.25).get("b"))
                .containsExactly(1, 0, 1, 1);
    }

    @Test
    void prunedWeightsAreStillZeroAfterTheInnerMethod() {
        var recipe = new Recipe(5, 8, 0.1, 0.9, 1e-3, Recipe.Schedule.COSINE, false);
        var net = new Mlp(2, List.of(32), 2);
        try (var network = Trainer.train(net, recipe, line(60), 3, Monitor.NONE)) {
            new PruneThenUnlearn(0.9, 2, new NegativeGradientPlus(0.9, new Schedule(2, 8, 0.05, 0.9, 1e-3, 1)))
                    .apply(new Task(network, line(6), line(54), recipe, Optional.empty(), new Session(Monitor.NONE)));
            long zeros = 0;
            int total = 0;
            for (var name : network.matrices()) {
                for (float weight : network.weights().get(name)) {
                    zeros += weight == 0 ? 1 : 0;
                    total++;
                }
            }
            assertThat(zeros).isEqualTo((long) Math.floor(0.9 * total));
        }
    }

    @Test
    void hyperParametersOutOfRangeAreRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NegativeGradientPlus(1.5, ONE_STEP))
                .withMessageContaining("retainShare");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new L1Sparse(-1, 0, ONE_STEP))
                .withMessageContaining("penalty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new L1Sparse(0.1, 1, ONE_STEP))
                .withMessageContaining("plainEpochs");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Schedule(1, 0, 0.5, 0, 0, 7))
                .withMessageContaining("batchSize");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PruneThenUnlearn(0.9, 1, new ExactRetraining(1)))
                .withMessageContaining("inner");
    }

    private static void expect(NetworkMethod method, float[] weight, float[] bias, float first) {
        try (var network = Network.initialise(NET, 0)) {
            network.restore(Map.of(
                    "fc1.weight", new float[] {1},
                    "fc1.bias", new float[] {0},
                    "fc2.weight", new float[] {0, 0},
                    "fc2.bias", new float[] {0, 0}));
            var recipe = new Recipe(1, 2, 0.5, 0, 0, Recipe.Schedule.CONSTANT, false);
            method.apply(new Task(network, FORGET, RETAIN, recipe, Optional.empty(), new Session(Monitor.NONE)));
            var after = network.weights();
            assertThat(after.get("fc2.weight")).containsExactly(weight);
            assertThat(after.get("fc2.bias")).containsExactly(bias);
            assertThat(after.get("fc1.weight")).containsExactly(first);
        }
    }

    private static Examples line(int n) {
        var features = new float[2 * n];
        var labels = new int[n];
        for (int i = 0; i < n; i++) {
            features[2 * i] = (i * 37 % 19) / 10f - 0.9f;
            features[2 * i + 1] = (i * 53 % 23) / 10f - 1.1f;
            labels[i] = features[2 * i] + features[2 * i + 1] > 0 ? 1 : 0;
        }
        return Examples.ofFloats(features, labels, 2);
    }
}
