package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionTest {

    private static final Mlp NET = new Mlp(4, List.of(16), 3);
    private static final Recipe RECIPE = new Recipe(4, 16, 0.1, 0.9, 5e-4, Recipe.Schedule.COSINE, false);
    private static final Examples DATA = blobs(120, 1);

    @TempDir
    private Path directory;

    @Test
    void trainingLearnsSeparableClasses() {
        try (var network = Trainer.train(
                NET, new Recipe(20, 16, 0.1, 0.9, 0, Recipe.Schedule.COSINE, false), DATA, 3, Monitor.NONE)) {
            assertThat(accuracy(network, blobs(300, 2))).isGreaterThan(0.95);
        }
    }

    @Test
    void theSameSeedGivesTheSameBytesAndAnotherSeedOthers() throws Exception {
        var first = trained(5, "first");
        assertThat(trained(5, "second")).isEqualTo(first);
        assertThat(trained(6, "third")).isNotEqualTo(first);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 8, 19, 31})
    void resumingFromAnyStepEndsWithTheSameBytes(long stopAt) throws Exception {
        var undisturbed = trained(5, "undisturbed");
        var checkpoint = directory.resolve("checkpoint");
        assertThatExceptionOfType(Stopped.class)
                .isThrownBy(() -> Trainer.train(NET, RECIPE, DATA, 5, new StopAfter(stopAt, checkpoint)))
                .extracting(Stopped::step)
                .isEqualTo(stopAt);
        try (var network = Trainer.train(NET, RECIPE, DATA, 5, new ResumeFrom(checkpoint))) {
            network.save(directory.resolve("resumed"));
        }
        assertThat(Files.readAllBytes(directory.resolve("resumed"))).isEqualTo(undisturbed);
    }

    @Test
    void aLossThatIsNoNumberEndsTheWorkAndLeavesTheCheckpointAlone() throws Exception {
        var wild = new Recipe(50, 16, 1e30, 0.9, 0, Recipe.Schedule.CONSTANT, false);
        var checkpoint = directory.resolve("checkpoint");
        assertThatExceptionOfType(Diverged.class)
                .isThrownBy(() -> Trainer.train(NET, wild, DATA, 5, new Monitor() {
                    @Override
                    public void checkpoint(long step, CheckpointWriter writer) {
                        writer.write(checkpoint);
                    }
                }));
        if (Files.exists(checkpoint)) {
            assertThat(Safetensors.read(checkpoint).tensors()).isNotEmpty();
        }
    }

    @Test
    void oneStepIsTheOneThatIsComputedByHand() {
        // one linear layer behind one ReLU unit that passes its input through: logits = w h + b with h = relu(x) = 2
        var net = new Mlp(1, List.of(1), 2);
        try (var network = Network.initialise(net, 0)) {
            network.restore(Map.of(
                    "fc1.weight", new float[] {1},
                    "fc1.bias", new float[] {0},
                    "fc2.weight", new float[] {0, 0},
                    "fc2.bias", new float[] {0, 0}));
            var one = Examples.ofFloats(new float[] {2}, new int[] {1}, 1);
            var recipe = new Recipe(1, 1, 0.5, 0, 0, Recipe.Schedule.CONSTANT, false);
            new Session(Monitor.NONE)
                    .descend(network, new Descent("step", recipe, 0, List.of(one), Objective::crossEntropy));
            // p = (1/2, 1/2), dL/dlogit = (1/2, -1/2), dL/dw = 2 · dL/dlogit, step 1/2
            assertThat(network.weights().get("fc2.weight")).containsExactly(-0.5f, 0.5f);
            assertThat(network.weights().get("fc2.bias")).containsExactly(-0.25f, 0.25f);
            assertThat(network.weights().get("fc1.weight")).containsExactly(1f);
        }
    }

    @Test
    void momentumWeightDecayAndPenaltyFollowTheirFormula() {
        var net = new Mlp(1, List.of(1), 2);
        try (var network = Network.initialise(net, 0)) {
            network.restore(Map.of(
                    "fc1.weight",
                            new float[] {-1}, // the unit is dead: every gradient of the loss but the head's bias is 0
                    "fc1.bias", new float[] {0},
                    "fc2.weight", new float[] {0.5f, -0.25f},
                    "fc2.bias", new float[] {0, 0}));
            var one = Examples.ofFloats(new float[] {2}, new int[] {1}, 1);
            var recipe = new Recipe(2, 1, 0.1, 0.9, 0.01, Recipe.Schedule.CONSTANT, false);
            new Session(Monitor.NONE)
                    .descend(
                            network,
                            new Descent("step", recipe, 0, List.of(one), Objective::crossEntropy)
                                    .penalised(epoch -> epoch == 0 ? 0.2 : 0));
            double w = 0.5;
            double v = 0.01 * w + 0.2;
            w -= 0.1 * v;
            v = 0.9 * v + 0.01 * w;
            w -= 0.1 * v;
            assertThat(network.weights().get("fc2.weight")[0])
                    .isCloseTo((float) w, org.assertj.core.data.Offset.offset(1e-6f));
        }
    }

    @Test
    void maskedWeightsStayAtZeroThroughMomentumAndDecay() {
        try (var network = Network.initialise(NET, 1)) {
            var weights = network.weights();
            var mask = new float[weights.get("fc1.weight").length];
            for (int i = 0; i < mask.length; i++) {
                mask[i] = i % 2;
                if (mask[i] == 0) {
                    weights.get("fc1.weight")[i] = 0;
                }
            }
            network.restore(weights);
            new Session(Monitor.NONE)
                    .descend(
                            network,
                            new Descent("masked", RECIPE, 1, List.of(DATA), Objective::crossEntropy)
                                    .masked(Map.of("fc1.weight", mask)));
            var after = network.weights().get("fc1.weight");
            assertThat(IntStream.range(0, mask.length).filter(i -> mask[i] == 0).mapToObj(i -> after[i]))
                    .containsOnly(0f);
            assertThat(IntStream.range(0, mask.length).filter(i -> mask[i] == 1).mapToObj(i -> after[i]))
                    .doesNotContain(0f);
        }
    }

    private byte[] trained(long seed, String name) throws Exception {
        try (var network = Trainer.train(NET, RECIPE, DATA, seed, Monitor.NONE)) {
            network.save(directory.resolve(name));
        }
        return Files.readAllBytes(directory.resolve(name));
    }

    private static double accuracy(Network network, Examples examples) {
        var logits = network.logits(examples);
        var labels = examples.labels();
        return IntStream.range(0, labels.length)
                        .filter(i -> IntStream.range(0, logits[i].length)
                                .allMatch(c -> logits[i][labels[i]] >= logits[i][c]))
                        .count()
                / (double) labels.length;
    }

    private static Examples blobs(int n, long seed) {
        var random = new Random(seed);
        var features = new float[n * 4];
        var labels = new int[n];
        for (int i = 0; i < n; i++) {
            labels[i] = i % 3;
            for (int j = 0; j < 4; j++) {
                features[4 * i + j] = (float) (random.nextGaussian() * 0.5 + (labels[i] == j ? 2 : 0));
            }
        }
        return Examples.ofFloats(features, labels, 4);
    }

    private record StopAfter(long step, Path checkpoint) implements Monitor {

        private static long asked;

        StopAfter {
            asked = 0;
        }

        @Override
        public boolean stopRequested() {
            return asked++ == step;
        }

        @Override
        public void checkpoint(long ignored, CheckpointWriter writer) {
            writer.write(checkpoint);
        }
    }

    private record ResumeFrom(Path checkpoint) implements Monitor {

        @Override
        public Optional<Path> resumeFrom() {
            return Optional.of(checkpoint);
        }
    }
}
