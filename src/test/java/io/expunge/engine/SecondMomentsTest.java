package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.expunge.engine.MomentStream.Labels;
import io.expunge.engine.Sequences.Sequence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Moments beside what finite differences of a float64 twin say of the same model. */
class SecondMomentsTest {

    private static final Decoder GPT2 = Decoder.gpt2(7, 2, 4, 2, 8);
    private static final String LAST = "transformer.h.1.mlp.c_proj";
    private static final double STEP = 1e-5;

    /** One of each family. */
    static Stream<GoldenDecoders.Model> models() {
        var seen = EnumSet.noneOf(Decoder.Family.class);
        return GoldenDecoders.models().stream()
                .filter(model -> seen.add(model.decoder().family()));
    }

    @ParameterizedTest
    @MethodSource("models")
    void theirProductIsTheExactFisherMatrixOfOnePlace(GoldenDecoders.Model golden) {
        var decoder = golden.decoder();
        var text = new int[] {3, 1};
        for (var layer : DecoderLayers.of(decoder).values()) {
            if (layer.input().contains(".0.")) {
                continue; // one block says it all, and the twin is slow
            }
            var gradient = differences(decoder, layer, text);
            try (var model = model(decoder);
                    var moments = collect(model, List.of(layer.name()), Labels.GOLD, many(text, 100))) {
                var a = moments.activation(layer.name());
                var g = moments.gradient(layer.name());
                double norm = Arrays.stream(gradient).map(x -> x * x).sum();
                // F = vec(D) vec(D)ᵀ with D = g xᵀ, so F_(o i)(o' i') = G_oo' A_ii'
                for (int one = 0; one < gradient.length; one += 3) {
                    for (int other = 0; other < gradient.length; other += 5) {
                        double exact = gradient[one] * gradient[other];
                        double product = (double) g[one / layer.in() * layer.out() + other / layer.in()]
                                * a[one % layer.in() * layer.in() + other % layer.in()];
                        assertThat(product).as(layer.name()).isCloseTo(exact, within(1e-5 + 1e-4 * norm));
                    }
                }
            }
        }
    }

    @Test
    void drawnLabelsGiveTheFisherMatrixOfTheModelsOwnDistribution() {
        var layer = Objects.requireNonNull(DecoderLayers.of(GPT2).get("transformer.h.0.mlp.c_fc"));
        var weights = twinWeights(GPT2);
        var logits = new DecoderTwin(GPT2, weights).logits(new int[] {3})[0];
        int size = layer.in() * layer.out();
        var fisher = new double[size][size];
        for (int token = 0; token < GPT2.vocabulary(); token++) {
            double p = Math.exp(DecoderTwin.logProbability(logits, token));
            var gradient = differences(GPT2, layer, new int[] {3, token});
            for (int one = 0; one < size; one++) {
                for (int other = 0; other < size; other++) {
                    fisher[one][other] += p * gradient[one] * gradient[other];
                }
            }
        }
        // whatever stands in the text: labels are drawn
        try (var model = model(GPT2);
                var moments = collect(model, List.of(layer.name()), Labels.SAMPLED, many(new int[] {3, 0}, 40_000))) {
            var a = moments.activation(layer.name());
            var g = moments.gradient(layer.name());
            double error = 0;
            double norm = 0;
            for (int one = 0; one < size; one++) {
                for (int other = 0; other < size; other++) {
                    double product = (double) g[one / layer.in() * layer.out() + other / layer.in()]
                            * a[one % layer.in() * layer.in() + other % layer.in()];
                    error += Math.pow(product - fisher[one][other], 2);
                    norm += Math.pow(fisher[one][other], 2);
                }
            }
            assertThat(Math.sqrt(error / norm)).isLessThan(0.03);
        }
    }

    @Test
    void sumOverAllPlacesButTheLastOfTextsOfAnyLength() {
        var texts = List.of(new int[] {1, 5, 2, 6}, new int[] {4, 4}, new int[] {0, 3, 2}, new int[] {6, 1, 1, 3, 5});
        var layer = Objects.requireNonNull(DecoderLayers.of(GPT2).get(LAST));
        var a = new double[layer.in() * layer.in()];
        var g = new double[layer.out() * layer.out()];
        int places = 0;
        for (var text : texts) {
            for (int at = 0; at < text.length - 1; at++, places++) {
                // no place sees what leaves the last block at another, so its own loss tells g, and D = g xᵀ tells x
                var ofBias = ofLast(text, at, LAST + ".bias");
                var ofMatrix = ofLast(text, at, LAST + ".weight");
                add(g, ofBias);
                int largest = IntStream.range(0, ofBias.length)
                        .reduce(0, (one, other) -> Math.abs(ofBias[one]) >= Math.abs(ofBias[other]) ? one : other);
                var x = IntStream.range(0, layer.in())
                        .mapToDouble(i -> ofMatrix[i * layer.out() + largest] / ofBias[largest])
                        .toArray();
                add(a, x);
            }
        }
        var all = new ArrayList<Sequence>();
        for (int round = 0; round < 2; round++) {
            texts.forEach(text -> all.add(new Sequence(text, text.length - 1)));
        }
        for (int partTokens : new int[] {16, 1_000}) {
            try (var model = model(GPT2);
                    var moments = SecondMoments.collect(
                            model,
                            new MomentStream(List.of(LAST), new Sequences(all), Labels.GOLD, 1, partTokens),
                            Map.of(),
                            new Session(Monitor.NONE))) {
                assertThat(moments.positions()).isEqualTo(2L * places);
                assertClose(moments.activation(LAST), a, places);
                assertClose(moments.gradient(LAST), g, places);
            }
        }
    }

    @Test
    void layersThatReadTheSameInputShareWhatIsKeptOfIt() {
        var decoder = Decoder.llama(9, 1, 8, 2, 1, 12, 16);
        try (var model = LanguageModel.initialise(decoder, 1);
                var moments = collect(
                        model,
                        List.of("model.layers.0.mlp.gate_proj", "model.layers.0.mlp.up_proj"),
                        Labels.SAMPLED,
                        many(new int[] {3, 1, 4}, 20))) {
            assertThat(moments.activations("model.layers.0.mlp.gate_proj"))
                    .isSameAs(moments.activations("model.layers.0.mlp.up_proj"));
        }
    }

    @Test
    void aCollectionThatWasKilledGoesOnToTheSameBytes(@TempDir Path directory) {
        var checkpoint = directory.resolve("checkpoint");
        var stream = new MomentStream(List.of(LAST), many(new int[] {1, 5, 2, 6}, 40), Labels.SAMPLED, 1, 16);
        try (var model = model(GPT2);
                var undisturbed = SecondMoments.collect(model, stream, Map.of(), new Session(Monitor.NONE))) {
            assertThatExceptionOfType(Stopped.class)
                    .isThrownBy(() -> SecondMoments.collect(model, stream, Map.of(), new Session(new Monitor() {
                        private int asked;

                        @Override
                        public boolean stopRequested() {
                            return ++asked == 7;
                        }

                        @Override
                        public void checkpoint(long step, CheckpointWriter writer) {
                            if (step == 4) {
                                writer.write(checkpoint);
                            }
                        }
                    })));
            var seen = new ArrayList<Long>();
            try (var resumed = SecondMoments.collect(model, stream, Map.of(), new Session(new Monitor() {
                @Override
                public Optional<Path> resumeFrom() {
                    return Optional.of(checkpoint);
                }

                @Override
                public void progress(String stage, long done, long total, double loss) {
                    seen.add(done);
                }
            }))) {
                assertThat(seen).startsWith(5L).endsWith(10L);
                assertThat(resumed.activation(LAST)).isEqualTo(undisturbed.activation(LAST));
                assertThat(resumed.gradient(LAST)).isEqualTo(undisturbed.gradient(LAST));
            }
        }
    }

    @Test
    void aFileGivesThemBack(@TempDir Path directory) {
        var file = directory.resolve("moments.safetensors");
        try (var model = model(GPT2);
                var moments = collect(model, List.of(LAST), Labels.SAMPLED, many(new int[] {1, 5, 2}, 20))) {
            moments.save(file);
            try (var opened = SecondMoments.open(file, GPT2)) {
                assertThat(opened.activation(LAST)).isEqualTo(moments.activation(LAST));
                assertThat(opened.gradient(LAST)).isEqualTo(moments.gradient(LAST));
                assertThat(opened.positions()).isEqualTo(40);
                assertThat(opened.layers()).containsExactly(LAST);
                assertThatExceptionOfType(ModelRefused.class)
                        .isThrownBy(() -> opened.gradient("transformer.h.0.mlp.c_proj"))
                        .withMessageContaining("no second moments of layer transformer.h.0.mlp.c_proj");
            }
        }
    }

    @Test
    void aLayerThatIsNotThereIsRefusedAndThoseThatAreAreNamed() {
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> collect("transformer.h.2.mlp.c_fc", many(new int[] {1, 2}, 20)))
                .withMessageContaining("there is no layer transformer.h.2.mlp.c_fc")
                .withMessageContaining("transformer.h.1.mlp.c_fc");
    }

    @Test
    void fewerTokensThanTheLayerIsWideAreRefusedWithTheNumberNeeded() {
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> collect(LAST, many(new int[] {1, 2}, 15)))
                .withMessageContaining(LAST)
                .withMessageContaining("needs at least 16 predicted tokens but the texts have 15");
    }

    @Test
    void aFactorOfZerosOrWithoutEndIsNamed() {
        var first = "transformer.h.1.mlp.c_fc";
        var weights = GoldenDecoders.weights(GPT2);
        Arrays.fill(Objects.requireNonNull(weights.get(LAST + ".weight")), 0);
        assertUnsound(weights, first, "gradients of layer " + first + " are singular");
        Arrays.fill(Objects.requireNonNull(weights.get(first + ".bias")), 1e25f);
        assertUnsound(weights, LAST, "activations of layer " + LAST + " are not finite");
    }

    private static void assertUnsound(Map<String, float[]> weights, String layer, String reason) {
        try (var model = LanguageModel.initialise(GPT2, 1)) {
            model.restore(weights);
            try (var moments = collect(model, List.of(layer), Labels.GOLD, many(new int[] {1, 5, 2}, 20))) {
                assertThatExceptionOfType(Diverged.class)
                        .isThrownBy(() -> new EigenBasis(moments, layer).close())
                        .withMessageContaining(reason);
            }
        }
    }

    private static void collect(String layer, Sequences texts) {
        try (var model = model(GPT2)) {
            collect(model, List.of(layer), Labels.GOLD, texts).close();
        }
    }

    private static SecondMoments collect(LanguageModel model, List<String> layers, Labels labels, Sequences texts) {
        return SecondMoments.collect(
                model, new MomentStream(layers, texts, labels, 5, 4_096), Map.of(), new Session(Monitor.NONE));
    }

    private static Sequences many(int[] text, int times) {
        return new Sequences(
                IntStream.range(0, times).mapToObj(i -> new Sequence(text, 1)).toList());
    }

    private static LanguageModel model(Decoder decoder) {
        var model = LanguageModel.initialise(decoder, 1);
        model.restore(GoldenDecoders.weights(decoder));
        return model;
    }

    private static Map<String, double[]> twinWeights(Decoder decoder) {
        Map<String, double[]> weights = new HashMap<>();
        GoldenDecoders.weights(decoder)
                .forEach((name, values) -> weights.put(
                        name,
                        IntStream.range(0, values.length)
                                .mapToDouble(i -> values[i])
                                .toArray()));
        return weights;
    }

    /** ∂ log p(second token | first) / ∂W, row-major out × in, by central differences in float64. */
    private static double[] differences(Decoder decoder, LinearLayer layer, int[] text) {
        var weights = twinWeights(decoder);
        var twin = new DecoderTwin(decoder, weights);
        var matrix = Objects.requireNonNull(weights.get(layer.name() + ".weight"));
        var gradient = new double[matrix.length];
        for (int out = 0; out < layer.out(); out++) {
            for (int in = 0; in < layer.in(); in++) {
                int at = layer.transposed() ? in * layer.out() + out : out * layer.in() + in;
                gradient[out * layer.in() + in] = central(
                        matrix, at, () -> DecoderTwin.logProbability(twin.logits(Arrays.copyOf(text, 1))[0], text[1]));
            }
        }
        return gradient;
    }

    /** ∂ log p(token after {@code at}) by every entry of a tensor. */
    private static double[] ofLast(int[] text, int at, String tensor) {
        var weights = twinWeights(GPT2);
        var twin = new DecoderTwin(GPT2, weights);
        var values = Objects.requireNonNull(weights.get(tensor));
        return IntStream.range(0, values.length)
                .mapToDouble(i ->
                        central(values, i, () -> DecoderTwin.logProbability(twin.logits(text)[at], text[at + 1])))
                .toArray();
    }

    private interface Value {
        double now();
    }

    private static double central(double[] values, int at, Value value) {
        double kept = values[at];
        values[at] = kept + STEP;
        double above = value.now();
        values[at] = kept - STEP;
        double below = value.now();
        values[at] = kept;
        return (above - below) / (2 * STEP);
    }

    private static void add(double[] sum, double[] vector) {
        for (int i = 0; i < vector.length; i++) {
            for (int j = 0; j < vector.length; j++) {
                sum[i * vector.length + j] += vector[i] * vector[j];
            }
        }
    }

    private static void assertClose(float[] moments, double[] sums, int places) {
        for (int i = 0; i < sums.length; i++) {
            assertThat((double) moments[i]).isCloseTo(sums[i] / places, within(1e-5));
        }
    }
}
