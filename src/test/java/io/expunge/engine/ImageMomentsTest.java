package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.expunge.engine.ImageStream.Places;
import io.expunge.engine.MomentStream.Labels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Moments over images beside what finite differences of a float64 twin say of the same network. */
class ImageMomentsTest {

    private static final VisionTransformer VIT = SmallVision.VIT;
    private static final List<String> LAYERS =
            List.copyOf(Layers.of(VIT).tokenLayers().keySet());
    private static final String IN = "vit.encoder.layer.0.intermediate.dense";
    private static final String OUT = "vit.encoder.layer.1.output.dense";
    private static final double STEP = 1e-5;

    /** Images whose moments are taken; labels are 0, 1, 2, 0, … */
    private static final int IMAGES = 10;

    /** Σ x xᵀ and Σ g gᵀ of one layer over tokens. */
    private record Sums(double[] a, double[] g) {}

    @Test
    void everyLayerSumsOverAllTokensOrTheClassTokenAlone() {
        var exact = SmallVision.exact();
        for (var places : Places.values()) {
            var images = places == Places.ALL ? IMAGES : 30;
            var moments = new ArrayList<SecondMoments>();
            try (var network = SmallVision.network()) {
                // a part of 16 tokens is three images
                moments.add(collect(network, LAYERS, images, Labels.GOLD, 16, places));
                moments.add(collect(network, LAYERS, images, Labels.GOLD, 4_096, places));
            }
            for (var layer : List.of(
                    "vit.encoder.layer.0.attention.attention.query",
                    "vit.encoder.layer.0.attention.output.dense",
                    IN,
                    "vit.encoder.layer.1.attention.attention.value",
                    OUT)) {
                var sums = sums(exact, layer, images, places);
                for (var one : moments) {
                    long n = (long) images * (places == Places.ALL ? VIT.tokens() : 1);
                    assertThat(one.positions()).isEqualTo(n);
                    assertClose(one.activation(layer), sums.a(), n);
                    assertClose(one.gradient(layer), sums.g(), n);
                }
            }
            moments.forEach(SecondMoments::close);
        }
    }

    private static Sums sums(Map<String, double[]> exact, String layer, int images, Places places) {
        var shape = Objects.requireNonNull(Layers.of(VIT).tokenLayers().get(layer));
        var sums = new Sums(new double[shape.in() * shape.in()], new double[shape.out() * shape.out()]);
        for (int image = 0; image < images; image++) {
            for (int token = 0; token < (places == Places.ALL ? VIT.tokens() : 1); token++) {
                add(sums.a(), entering(exact, layer, token, image));
                add(sums.g(), gradient(exact, layer, token, image, image % 3));
            }
        }
        return sums;
    }

    private static double[] entering(Map<String, double[]> exact, String layer, int token, int image) {
        var seen = new ArrayList<double[]>();
        new VisionTwin(VIT, exact, (name, at, x, y) -> {
                    if (name.equals(layer) && at == token) {
                        seen.add(x.clone());
                    }
                })
                .logits(SmallVision.image(image));
        return seen.getFirst();
    }

    /** ∂ log p(label) / ∂y at a token, by central differences. */
    private static double[] gradient(Map<String, double[]> exact, String layer, int token, int image, int label) {
        int out =
                Objects.requireNonNull(Layers.of(VIT).tokenLayers().get(layer)).out();
        return IntStream.range(0, out)
                .mapToDouble(i -> (moved(exact, layer, token, i, STEP, image, label)
                                - moved(exact, layer, token, i, -STEP, image, label))
                        / (2 * STEP))
                .toArray();
    }

    private static double moved(
            Map<String, double[]> exact, String layer, int token, int at, double step, int image, int label) {
        return new VisionTwin(VIT, exact, (name, where, x, y) -> {
                    if (name.equals(layer) && where == token) {
                        y[at] += step;
                    }
                })
                .logProbability(SmallVision.image(image), label);
    }

    @Test
    void drawnLabelsGiveTheFisherMatrixOfTheNetworksOwnDistribution() {
        var exact = SmallVision.exact();
        int out = Objects.requireNonNull(Layers.of(VIT).tokenLayers().get(OUT)).out();
        var g = new double[out * out];
        for (int label = 0; label < 3; label++) {
            double p = Math.exp(new VisionTwin(VIT, exact).logProbability(SmallVision.image(0), label));
            var gradient = gradient(exact, OUT, 0, 0, label);
            for (int i = 0; i < g.length; i++) {
                g[i] += p * gradient[i / out] * gradient[i % out];
            }
        }
        var same = SmallVision.images(1).subset(new int[20_000]);
        try (var network = SmallVision.network();
                var moments = SecondMoments.collect(
                        network,
                        new ImageStream(List.of(OUT), same, Labels.SAMPLED, 5, 1 << 14, Places.CLASS),
                        Map.of(),
                        new Session(Monitor.NONE))) {
            var drawn = moments.gradient(OUT);
            double error = 0;
            double norm = 0;
            for (int i = 0; i < g.length; i++) {
                error += Math.pow(drawn[i] - g[i], 2);
                norm += g[i] * g[i];
            }
            assertThat(Math.sqrt(error / norm)).isLessThan(0.03);
        }
    }

    @Test
    void aFileGivesThemBackAndAStoppedCollectionGoesOnToTheSameBytes(@TempDir Path directory) {
        var checkpoint = directory.resolve("checkpoint");
        var file = directory.resolve("moments.safetensors");
        var stream = new ImageStream(List.of(IN), SmallVision.images(12), Labels.SAMPLED, 5, 16, Places.ALL);
        try (var network = SmallVision.network();
                var undisturbed = SecondMoments.collect(network, stream, Map.of(), new Session(Monitor.NONE))) {
            assertThatExceptionOfType(Stopped.class)
                    .isThrownBy(() -> SecondMoments.collect(network, stream, Map.of(), new Session(new Monitor() {
                        private int asked;

                        @Override
                        public boolean stopRequested() {
                            return ++asked == 3;
                        }

                        @Override
                        public void checkpoint(long step, CheckpointWriter writer) {
                            writer.write(checkpoint);
                        }
                    })));
            try (var resumed = SecondMoments.collect(network, stream, Map.of(), new Session(new Monitor() {
                @Override
                public Optional<Path> resumeFrom() {
                    return Optional.of(checkpoint);
                }
            }))) {
                resumed.save(file);
            }
            try (var opened = SecondMoments.open(file, VIT)) {
                assertThat(opened.positions()).isEqualTo(60);
                assertThat(opened.activation(IN)).isEqualTo(undisturbed.activation(IN));
                assertThat(opened.gradient(IN)).isEqualTo(undisturbed.gradient(IN));
            }
        }
    }

    @Test
    void allPairsLeaveTheWeightsAsTheyAre() {
        try (var network = SmallVision.network();
                var moments = collect(network, LAYERS, IMAGES, Labels.SAMPLED, 4_096, Places.ALL)) {
            var before = network.weights();
            for (var layer : LAYERS) {
                try (var basis = new EigenBasis(moments, layer)) {
                    int in = basis.activations().length;
                    var all = new int[basis.gradients().length];
                    java.util.Arrays.fill(all, in);
                    network.keep(
                            basis,
                            List.of(new PairMask(all, IntStream.range(0, in).toArray())));
                }
            }
            network.weights()
                    .forEach((name, values) -> assertThat(SmallVision.widened(values))
                            .as(name)
                            .containsExactly(
                                    SmallVision.widened(Objects.requireNonNull(before.get(name))), within(1e-5)));
        }
    }

    @Test
    void whatDoesNotFitIsRefusedWithWhatWould() {
        assertRefused(VIT, "vit.encoder.layer.2.output.dense", 4, "there is no layer", IN);
        assertRefused(VIT, IN, 1, "of width 10 needs at least 10 tokens", "1 images have 5");
        assertRefused(new SmallCnn(2, 8, 8, 3), "fc1", 4, "there is no layer fc1");
        assertRefused(new VisionTransformer(1, 8, 4, 6, 2, 2, 10, 1e-6, 3), IN, 4, "examples of shape [2, 8, 8]");
    }

    private static void assertRefused(NetworkArchitecture architecture, String layer, int images, String... reasons) {
        try (var network = Network.initialise(architecture, 1)) {
            assertThatExceptionOfType(ModelRefused.class)
                    .isThrownBy(() -> collect(network, List.of(layer), images, Labels.GOLD, 64, Places.ALL))
                    .satisfies(e -> assertThat(e.getMessage()).contains(reasons));
        }
    }

    private static SecondMoments collect(
            Network network, List<String> layers, int images, Labels labels, int partTokens, Places places) {
        return SecondMoments.collect(
                network,
                new ImageStream(layers, SmallVision.images(images), labels, 5, partTokens, places),
                Map.of(),
                new Session(Monitor.NONE));
    }

    private static void add(double[] sum, double[] vector) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += vector[i / vector.length] * vector[i % vector.length];
        }
    }

    private static void assertClose(float[] moments, double[] sums, long n) {
        for (int i = 0; i < sums.length; i++) {
            assertThat((double) moments[i]).isCloseTo(sums[i] / n, within(1e-5 + 1e-4 * Math.abs(sums[i] / n)));
        }
    }
}
