package io.expunge.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.offset;

import io.expunge.engine.Diverged;
import io.expunge.engine.Examples;
import io.expunge.engine.ImageStream;
import io.expunge.engine.ImageStream.Places;
import io.expunge.engine.ModelRefused;
import io.expunge.engine.MomentStream.Labels;
import io.expunge.engine.Monitor;
import io.expunge.engine.Network;
import io.expunge.engine.Recipe;
import io.expunge.engine.SecondMoments;
import io.expunge.engine.Session;
import io.expunge.engine.SmallCnn;
import io.expunge.engine.VisionTransformer;
import io.expunge.influence.CurvatureStore;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.RealMatrix;
import org.hipparchus.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VisionCurvatureEditTest {

    private static final VisionTransformer VIT = new VisionTransformer(1, 8, 4, 8, 2, 2, 12, 1e-6, 3);
    private static final String IN = "vit.encoder.layer.1.intermediate.dense";
    private static final String QUERY = "vit.encoder.layer.0.attention.attention.query";
    private static final CurvatureSample SAMPLE = new CurvatureSample(null, 100_000, Labels.SAMPLED, 64, 3);
    private static final UUID OTHER = new UUID(0, 1);
    private static final Examples RETAIN = images(40, 1, 0);

    @Test
    void aShareOfOneLeavesTheWeightsAsTheyAre(@TempDir Path directory) {
        assertUnchanged(edit(1, SAMPLE, List.of(), IN, QUERY), directory);
    }

    @Test
    void imagesThatAreProtectedAsAWholeKeepTheWeightsAsTheyAre(@TempDir Path directory) {
        assertUnchanged(edit(0.3, SAMPLE, List.of(new ProtectedTexts(OTHER, 1)), IN, QUERY), directory);
    }

    private static void assertUnchanged(NetworkMethod method, Path directory) {
        try (var network = network()) {
            var before = network.weights();
            method.apply(task(network, directory, Monitor.NONE));
            network.weights().forEach((name, values) -> {
                var old = Objects.requireNonNull(before.get(name));
                for (int i = 0; i < old.length; i++) {
                    assertThat(values[i]).as(name).isCloseTo(old[i], offset(1e-5f));
                }
            });
        }
    }

    @Test
    void keepsThePairsWithTheMostMassAndNoOtherLayerChanges(@TempDir Path directory) {
        for (var places : Places.values()) {
            var sample = new CurvatureSample(null, 100_000, Labels.SAMPLED, 64, 3, places);
            try (var network = network();
                    var untouched = network()) {
                edit(0.7, sample, List.of(), IN).apply(task(network, directory, Monitor.NONE));
                var store = new CurvatureStore(directory, "this");
                try (var moments =
                        store.of(untouched, sample.stream(List.of(IN), RETAIN, VIT.tokens()), name -> Monitor.NONE)) {
                    var before = matrix(untouched, IN);
                    var expected = CurvatureEditTest.naive(before, moments.gradient(IN), moments.activation(IN), 0.7);
                    assertThat(expected.subtract(before).getFrobeniusNorm()).isGreaterThan(0.1);
                    assertThat(matrix(network, IN).subtract(expected).getFrobeniusNorm())
                            .isLessThan(1e-4);
                }
                var before = untouched.weights();
                network.weights()
                        .forEach((name, values) -> assertThat(Arrays.equals(values, before.get(name)))
                                .as(name)
                                .isEqualTo(!name.equals(IN + ".weight")));
            }
        }
    }

    @Test
    void truncationGivesTheNearestMatrixOfALowerRank(@TempDir Path directory) {
        try (var network = network()) {
            var before = matrix(network, IN);
            new SingularValueTruncation(List.of(new LayerShare(IN, 0.5))).apply(task(network, directory, Monitor.NONE));
            var svd = new SingularValueDecomposition(before);
            var values = svd.getS().copy();
            for (int i = 4; i < 8; i++) {
                values.setEntry(i, i, 0);
            }
            var expected = svd.getU().multiply(values).multiply(svd.getVT());
            assertThat(matrix(network, IN).subtract(expected).getFrobeniusNorm())
                    .isLessThan(1e-5);
        }
    }

    @Test
    void factorsAreCollectedOnceForAVersionAndTheseImagesAndRefusedForAnother(@TempDir Path directory) {
        var steps = new AtomicInteger();
        var counting = new Monitor() {
            @Override
            public void progress(String stage, long done, long total, double loss) {
                steps.incrementAndGet();
            }
        };
        for (int again = 0; again < 2; again++) {
            try (var network = network()) {
                edit(0.7, SAMPLE, List.of(), IN).apply(task(network, directory, counting));
            }
        }
        // twelve images of five tokens are at most 64
        assertThat(steps).hasValue(4);
        var file = Objects.requireNonNull(directory.toFile().listFiles())[0].toPath();
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> new CurvatureStore(directory, "another").open(file, VIT))
                .withMessageContaining("are of version this, not of another");
        try (var network = network()) {
            var others = new CurvatureSample(OTHER, 100_000, Labels.SAMPLED, 64, 3);
            edit(0.7, others, List.of(), IN).apply(task(network, directory, counting));
        }
        assertThat(steps.get()).isGreaterThan(4);
    }

    @Test
    void noMoreImagesAreReadThanHaveTheTokensAskedFor() {
        var few = new CurvatureSample(null, 51, Labels.GOLD, 64, 3).stream(List.of(IN), RETAIN, VIT.tokens());
        assertThat(few.images().size()).isEqualTo(11);
        assertThat(few.positions(VIT)).isEqualTo(55);
    }

    @Test
    void whatDoesNotFitIsRefusedAndTheNetworkStaysAsItIs(@TempDir Path directory) {
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> edit(0.5, SAMPLE, List.of(), "mlp").requireFit(VIT))
                .withMessageContaining("there is no layer mlp")
                .withMessageContaining(QUERY);
        assertThat(edit(0.5, SAMPLE, List.of(), IN).edits(VIT)).isTrue();
        assertThat(edit(0.5, SAMPLE, List.of(), IN).edits(new SmallCnn(1, 8, 8, 3)))
                .isFalse();
        assertThat(new SingularValueTruncation(List.of(new LayerShare(IN, 0.5))).edits(new SmallCnn(1, 8, 8, 3)))
                .isFalse();
        try (var network = network()) {
            var before = network.weights();
            var few = new CurvatureSample(null, 10, Labels.SAMPLED, 64, 3);
            assertThatExceptionOfType(ModelRefused.class)
                    .isThrownBy(() -> edit(0.5, few, List.of(), IN).apply(task(network, directory, Monitor.NONE)))
                    .withMessageContaining("curvature.tokens must be at least 12");
            var weights = network.weights();
            Arrays.fill(Objects.requireNonNull(weights.get("classifier.weight")), 0);
            network.restore(weights);
            assertThatExceptionOfType(Diverged.class)
                    .isThrownBy(
                            () -> edit(0.5, SAMPLE, List.of(), QUERY, IN).apply(task(network, directory, Monitor.NONE)))
                    .withMessageContaining("of layer " + QUERY + " are singular");
            assertThat(network.weights().get(IN + ".weight")).isEqualTo(before.get(IN + ".weight"));
        }
    }

    private static CurvatureEdit edit(
            double share, CurvatureSample sample, List<ProtectedTexts> guarded, String... layers) {
        return new CurvatureEdit(
                Arrays.stream(layers).map(layer -> new LayerShare(layer, share)).toList(),
                sample,
                guarded,
                CurvatureEdit.Aim.MEMORISATION);
    }

    private static RealMatrix matrix(Network network, String layer) {
        var numbers = Objects.requireNonNull(network.weights().get(layer + ".weight"));
        var matrix = new Array2DRowRealMatrix(numbers.length / 8, 8);
        for (int i = 0; i < numbers.length; i++) {
            matrix.setEntry(i / 8, i % 8, numbers[i]);
        }
        return matrix;
    }

    private static Network network() {
        var network = Network.initialise(VIT, 1);
        var random = new Random(4);
        var weights = network.weights();
        weights.forEach((name, values) -> {
            for (int i = 0; i < values.length; i++) {
                values[i] += (random.nextFloat() - 0.5f) / 2;
            }
        });
        network.restore(weights);
        return network;
    }

    private static Task task(Network network, Path directory, Monitor monitor) {
        var store = new CurvatureStore(directory, "this");
        return new Task(
                network,
                images(8, 2, 1),
                RETAIN,
                new Recipe(1, 8, 0.1, 0, 0, Recipe.Schedule.CONSTANT, false),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                new Curvatures() {
                    @Override
                    public SecondMoments of(Network edited, ImageStream stream) {
                        return store.of(edited, stream, name -> monitor);
                    }

                    @Override
                    public Examples images(UUID dataset) {
                        assertThat(dataset).isEqualTo(OTHER);
                        return VisionCurvatureEditTest.images(40, 9, 2);
                    }
                },
                new Session(Monitor.NONE));
    }

    private static Examples images(int count, long seed, int label) {
        var random = new Random(seed);
        var pixels = new float[count * 64];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextFloat();
        }
        var labels = new int[count];
        Arrays.fill(labels, label);
        return Examples.ofFloats(pixels, labels, 1, 8, 8);
    }
}
