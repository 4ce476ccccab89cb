package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.expunge.engine.Sequences.Sequence;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LowRankTest {

    private static final Decoder TINY = Decoder.gpt2(17, 2, 32, 2, 24);
    private static final LowRank ALL = new LowRank(3, 5, List.of(LowRank.ALL_LINEAR));
    private static final LowRank ATTENTION = new LowRank(4, 8, List.of("c_attn", "mlp.c_proj"));
    private static final Sequences TEXTS = texts();
    private static final TextRecipe RECIPE = new TextRecipe(10, 4, 1e-2, 0.01, 0.1, 1, 40, Precision.FP32)
            .with(Optimiser.ADAMW, 0.9, Activations.KEPT, ATTENTION);

    @TempDir
    private Path directory;

    static List<GoldenDecoders.Model> models() {
        return GoldenDecoders.models();
    }

    @ParameterizedTest
    @MethodSource("models")
    void freshAdaptersChangeNothing(GoldenDecoders.Model golden) {
        try (var model = model(golden.decoder())) {
            var before = probabilities(model);
            model.adapt(ALL, 1);
            assertThat(probabilities(model)).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void mergedAdaptersAnswerAsTheyDoBesideTheWeights(GoldenDecoders.Model golden) {
        try (var model = model(golden.decoder())) {
            var plain = probabilities(model);
            fill(model.adapt(ALL, 1));
            var beside = probabilities(model);
            var present = model.weights();
            model.mergeAdapters();
            model.dropAdapters();
            var merged = probabilities(model);
            assertThat(present).usingRecursiveComparison().isEqualTo(model.weights());
            for (int i = 0; i < merged.length; i++) {
                assertThat(merged[i]).isCloseTo(beside[i], within(1e-5 * (1 + Math.abs(beside[i]))));
            }
            assertThat(IntStream.range(0, plain.length)
                            .mapToDouble(i -> Math.abs(plain[i] - merged[i]))
                            .max()
                            .orElseThrow())
                    .isGreaterThan(1e-2);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void gradientsAreTheSlopesOfTheFormulas(GoldenDecoders.Model golden) {
        var decoder = golden.decoder();
        var first = new int[] {4, 2};
        try (var model = model(decoder)) {
            var adapters = model.adapt(ALL, 1);
            fill(adapters);
            var gradients = gradients(model, adapters, first);
            var numbers = new LinkedHashMap<String, double[]>();
            adapters.parameters().copies().forEach((name, values) -> numbers.put(name, widened(values)));
            assertThat(gradients.keySet()).isEqualTo(numbers.keySet());
            var sequences = GoldenDecoders.sequences().toArray(int[][]::new);
            var random = new SplittableRandom(7);
            gradients.forEach((name, gradient) -> {
                var values = numbers.get(name);
                for (int probe = 0; probe < 3; probe++) {
                    int at = random.nextInt(values.length);
                    double value = values[at];
                    values[at] = value + 1e-4;
                    double above = new DecoderTwin(decoder, adapted(decoder, numbers)).loss(sequences, first);
                    values[at] = value - 1e-4;
                    double below = new DecoderTwin(decoder, adapted(decoder, numbers)).loss(sequences, first);
                    values[at] = value;
                    double slope = (above - below) / 2e-4;
                    assertThat((double) gradient[at])
                            .as(name + " at " + at)
                            .isCloseTo(slope, within(1e-3 * Math.abs(slope) + 2e-5));
                }
            });
        }
    }

    @Test
    void startingValuesOfAFillTheIntervalOfOneOverTheRootOfItsInputsAndThoseOfBAreZero() {
        var initial = Adapters.initial(TINY, new LowRank(64, 1, List.of("c_attn")), 5);
        assertThat(initial).hasSize(4);
        initial.forEach((name, values) -> {
            if (name.endsWith(".lora_B.weight")) {
                assertThat(values).containsOnly(0);
            } else {
                double bound = 1 / Math.sqrt(32);
                assertThat(values).hasSize(64 * 32);
                double square = 0;
                for (float value : values) {
                    assertThat((double) value).isBetween(-bound, bound);
                    square += value * (double) value;
                }
                // the variance of a uniform distribution on ±b is b²/3
                assertThat(square / values.length).isCloseTo(bound * bound / 3, within(0.05 * bound * bound));
            }
        });
        assertThat(initial.get("transformer.h.0.attn.c_attn.lora_A.weight"))
                .isNotEqualTo(initial.get("transformer.h.1.attn.c_attn.lora_A.weight"));
    }

    @Test
    void aDescentMovesOnlyTheWeightsThatHaveAdapters() {
        try (var model = LanguageModel.initialise(TINY, 3)) {
            var before = model.weights();
            double likelihood = likelihood(model);
            descend(model, RECIPE, Monitor.NONE);
            assertThat(likelihood(model)).isGreaterThan(likelihood + 1);
            model.weights().forEach((name, values) -> {
                boolean targeted = name.endsWith("attn.c_attn.weight") || name.endsWith("mlp.c_proj.weight");
                assertThat(Arrays.equals(values, before.get(name))).as(name).isEqualTo(!targeted);
            });
        }
    }

    @Test
    void theAdaptersOfADescentTurnTheParentIntoItsChild() {
        try (var child = LanguageModel.initialise(TINY, 3);
                var parent = LanguageModel.initialise(TINY, 3)) {
            descend(child, RECIPE, Monitor.NONE);
            child.merged().orElseThrow().write(directory.resolve("adapter"));
            parent.merge(LowRankAdapter.read(directory.resolve("adapter"), TINY));
            assertThat(parent.weights()).usingRecursiveComparison().isEqualTo(child.weights());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 9, 19})
    void resumingFromAnyStepEndsWithTheSameBytes(long stopAt) throws Exception {
        var checkpoint = directory.resolve("checkpoint");
        try (var model = LanguageModel.initialise(TINY, 3)) {
            var before = model.weights();
            assertThatExceptionOfType(Stopped.class)
                    .isThrownBy(() -> descend(model, RECIPE, stopping(stopAt, checkpoint)));
            assertThat(model.weights()).usingRecursiveComparison().isEqualTo(before);
            assertThat(SafetensorsFile.open(checkpoint).tensors().keySet())
                    .anyMatch(name -> name.endsWith("lora_A.weight"))
                    .noneMatch(name -> name.contains("wte"));
        }
        try (var undisturbed = LanguageModel.initialise(TINY, 3);
                var resumed = LanguageModel.initialise(TINY, 3)) {
            descend(undisturbed, RECIPE, Monitor.NONE);
            undisturbed.save(directory.resolve("undisturbed"));
            descend(resumed, RECIPE, resuming(checkpoint));
            resumed.save(directory.resolve("resumed"));
        }
        assertThat(Files.readAllBytes(directory.resolve("resumed")))
                .isEqualTo(Files.readAllBytes(directory.resolve("undisturbed")));
    }

    @Test
    void aSecondStretchIsResumedOnTheWeightsThatTheFirstLeft() {
        var checkpoint = directory.resolve("checkpoint");
        var plain = new TextRecipe(2, 4, 1e-2, 0, 0, 0, 1_000, Precision.FP32);
        try (var stopped = LanguageModel.initialise(TINY, 3);
                var undisturbed = LanguageModel.initialise(TINY, 3);
                var resumed = LanguageModel.initialise(TINY, 3)) {
            assertThatExceptionOfType(Stopped.class)
                    .isThrownBy(() -> descendTwice(stopped, plain, stopping(9, checkpoint)));
            descendTwice(undisturbed, plain, Monitor.NONE);
            descendTwice(resumed, plain, resuming(checkpoint));
            assertThat(resumed.weights()).usingRecursiveComparison().isEqualTo(undisturbed.weights());
        }
    }

    @Test
    void theReferenceOfADescentIsTheModelWithoutItsAdapters() {
        try (var model = model(TINY)) {
            var before = probabilities(model);
            try (var reference = model.reference(RECIPE)) {
                fill(model.adapt(ATTENTION, 1));
                assertThat(probabilities(reference)).isEqualTo(before);
                assertThat(probabilities(model)).isNotEqualTo(before);
            }
            model.dropAdapters();
            assertThat(probabilities(model)).isEqualTo(before);
        }
    }

    @Test
    void adaptersLieOnDiskAsPeftLaysThemOut() throws Exception {
        var adapter = new LowRankAdapter(TINY, ATTENTION, Adapters.initial(TINY, ATTENTION, 1));
        adapter.write(directory.resolve("adapter"));
        var file = SafetensorsFile.open(directory.resolve("adapter/adapter_model.safetensors"));
        var shapes = new LinkedHashMap<String, long[]>();
        for (int block = 0; block < 2; block++) {
            var h = "base_model.model.transformer.h." + block + ".";
            shapes.put(h + "attn.c_attn.lora_A.weight", new long[] {4, 32});
            shapes.put(h + "attn.c_attn.lora_B.weight", new long[] {96, 4});
            shapes.put(h + "mlp.c_proj.lora_A.weight", new long[] {4, 128});
            shapes.put(h + "mlp.c_proj.lora_B.weight", new long[] {32, 4});
        }
        assertThat(file.tensors().keySet()).isEqualTo(shapes.keySet());
        shapes.forEach((name, shape) ->
                assertThat(file.tensors().get(name).shape()).as(name).isEqualTo(shape));
        var config = JsonParser.parseString(Files.readString(directory.resolve("adapter/adapter_config.json")))
                .getAsJsonObject();
        assertThat(config.get("peft_type").getAsString()).isEqualTo("LORA");
        assertThat(config.get("task_type").getAsString()).isEqualTo("CAUSAL_LM");
        assertThat(config.get("r").getAsInt()).isEqualTo(4);
        assertThat(config.get("lora_alpha").toString()).isEqualTo("8");
        assertThat(config.get("fan_in_fan_out").getAsBoolean()).isTrue();
        assertThat(config.get("target_modules").toString()).isEqualTo("[\"c_attn\",\"mlp.c_proj\"]");
        var read = LowRankAdapter.read(directory.resolve("adapter"), TINY);
        assertThat(read.settings()).isEqualTo(ATTENTION);
        assertThat(read.tensors()).usingRecursiveComparison().isEqualTo(adapter.tensors());
        read.write(directory.resolve("again"));
        for (var name : List.of("adapter_config.json", "adapter_model.safetensors")) {
            assertThat(Files.readAllBytes(directory.resolve("again").resolve(name)))
                    .isEqualTo(Files.readAllBytes(directory.resolve("adapter").resolve(name)));
        }
    }

    @Test
    void modulesThatThereAreNotAreRefusedWithThoseThatThereAre() {
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> Adapters.targets(TINY, new LowRank(4, 8, List.of("c_attn", "q_proj"))))
                .withMessage("lowRank.targetModules must name linear layers of the blocks, such as attn.c_attn, "
                        + "attn.c_proj, mlp.c_fc, mlp.c_proj, but one was q_proj");
        assertThat(Adapters.targets(TINY, new LowRank(4, 8, List.of("c_proj", "transformer.h.1.mlp.c_fc"))))
                .containsExactly(
                        "transformer.h.0.attn.c_proj",
                        "transformer.h.0.mlp.c_proj",
                        "transformer.h.1.attn.c_proj",
                        "transformer.h.1.mlp.c_fc",
                        "transformer.h.1.mlp.c_proj");
        try (var model = model(TINY)) {
            var recipe = RECIPE.with(Optimiser.ADAMW, 0.9, Activations.KEPT, new LowRank(4, 8, List.of("lm_head")));
            assertThatExceptionOfType(ModelRefused.class)
                    .isThrownBy(() -> descend(model, recipe, Monitor.NONE))
                    .withMessageContaining("but one was lm_head");
        }
    }

    @Test
    void directoriesThatMeanSomethingElseAreRefusedByField() throws Exception {
        refused(config -> config.addProperty("use_dora", true), "use_dora must be false but was true");
        refused(config -> config.addProperty("peft_type", "IA3"), "peft_type must be \"LORA\" but was \"IA3\"");
        refused(config -> config.addProperty("lora_bias", true), "lora_bias must not be set but was true");
        refused(config -> config.addProperty("r", 5), "must have the shape [5, 32] but has [4, 32]");
        refused(config -> config.addProperty("r", 0), "lowRank.rank must be at least 1 but was 0");
        refused(config -> config.remove("lora_alpha"), "adapter_config.json lacks lora_alpha");
        refused(
                config -> config.addProperty("target_modules", ".*attn"),
                "target_modules must be a list of names or all-linear");
        refused(
                config -> config.add("target_modules", JsonParser.parseString("[\"c_attn\"]")),
                "mlp.c_proj.lora_A.weight is not part of the adapter");
        refused(
                config ->
                        config.add("target_modules", JsonParser.parseString("[\"c_attn\", \"mlp.c_proj\", \"c_fc\"]")),
                "mlp.c_fc.lora_A.weight is missing");
    }

    private void refused(Consumer<JsonObject> change, String message) throws Exception {
        var target = directory.resolve("adapter" + message.hashCode());
        new LowRankAdapter(TINY, ATTENTION, Adapters.initial(TINY, ATTENTION, 1)).write(target);
        var file = target.resolve("adapter_config.json");
        var config = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        change.accept(config);
        Files.writeString(file, config.toString());
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> LowRankAdapter.read(target, TINY))
                .withMessageContaining(message);
    }

    private static LanguageModel model(Decoder decoder) {
        var model = LanguageModel.initialise(decoder, 1);
        model.restore(GoldenDecoders.weights(decoder));
        return model;
    }

    private static double likelihood(LanguageModel model) {
        return model.score(TEXTS).stream()
                .mapToDouble(TokenScores::logLikelihood)
                .sum();
    }

    /** Numbers in B too, so that adapters do something. */
    private static void fill(Adapters adapters) {
        var random = new Random(11);
        var numbers = adapters.parameters().copies();
        numbers.replaceAll((name, values) -> {
            var other = new float[values.length];
            for (int i = 0; i < other.length; i++) {
                other[i] = (random.nextFloat() - 0.5f) / 4;
            }
            return other;
        });
        adapters.parameters().restore(numbers);
    }

    /** log p of every token that a model is asked for. */
    private static double[] probabilities(LanguageModel model) {
        var sequences = new Sequences(GoldenDecoders.sequences().stream()
                .map(tokens -> Arrays.stream(tokens)
                        .map(token -> token % model.decoder().vocabulary())
                        .toArray())
                .map(tokens -> new Sequence(tokens, 1))
                .toList());
        return model.score(sequences).stream()
                .flatMapToDouble(one -> Arrays.stream(one.logProbabilities()))
                .toArray();
    }

    /** Of −Σ log p over all tokens from {@code first[i]} on of each sequence i. */
    private static Map<String, float[]> gradients(LanguageModel model, Adapters adapters, int[] first) {
        var golden = GoldenDecoders.sequences();
        var sequences = new Sequences(IntStream.range(0, golden.size())
                .mapToObj(i -> new Sequence(golden.get(i), first[i]))
                .toList());
        return Lane.hold(() -> {
            var space = adapters.parameters().openStep();
            try (var collector = Torch.engine().newGradientCollector()) {
                var batch = new SequenceBatch(
                        space, model.decoder(), sequences, new int[] {0, 1}, 2, 1, new java.util.HashMap<>());
                collector.backward(model.crossEntropy(batch));
            } finally {
                adapters.parameters().closeStep();
            }
            numbers(model.parameters())
                    .values()
                    .forEach(gradient -> assertThat(gradient).containsOnly(0));
            return numbers(adapters.parameters());
        });
    }

    private static Map<String, float[]> numbers(Parameters parameters) {
        Map<String, float[]> gradients = new LinkedHashMap<>();
        parameters.leaves().forEach((name, leaf) -> {
            try (var gradient = leaf.getGradient()) {
                gradients.put(name, gradient.toFloatArray());
            }
        });
        return gradients;
    }

    /** W + (α/r) B A, each matrix in the order in which its family stores it. */
    private static Map<String, double[]> adapted(Decoder decoder, Map<String, double[]> numbers) {
        var tensors = DecoderTensors.of(decoder);
        Map<String, double[]> weights = new LinkedHashMap<>();
        GoldenDecoders.weights(decoder).forEach((name, values) -> {
            var w = widened(values);
            weights.put(name, w);
            var module = name.replaceAll("\\.weight$", "");
            var a = numbers.get(module + ".lora_A.weight");
            var b = numbers.get(module + ".lora_B.weight");
            if (a == null || b == null || !name.endsWith(".weight")) {
                return;
            }
            int rank = ALL.rank();
            int in = a.length / rank;
            int out = b.length / rank;
            boolean transposed = tensors.get(name).role() == DecoderTensors.Role.TRANSPOSED_LINEAR;
            for (int i = 0; i < in; i++) {
                for (int o = 0; o < out; o++) {
                    double product = 0;
                    for (int r = 0; r < rank; r++) {
                        product += b[o * rank + r] * a[r * in + i];
                    }
                    w[transposed ? i * out + o : o * in + i] += ALL.alpha() / rank * product;
                }
            }
        });
        return weights;
    }

    private static double[] widened(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    private static void descend(LanguageModel model, TextRecipe recipe, Monitor monitor) {
        descend(new Session(monitor), model, recipe);
    }

    private static void descendTwice(LanguageModel model, TextRecipe plain, Monitor monitor) {
        var session = new Session(monitor);
        descend(session, model, plain);
        descend(session, model, RECIPE);
    }

    private static void descend(Session session, LanguageModel model, TextRecipe recipe) {
        session.descend(
                model,
                new TextDescent(
                        "training", recipe, 3, List.of(TextDescent.Source.of(TEXTS)), LanguageObjective::crossEntropy));
    }

    private static Sequences texts() {
        var random = new Random(1);
        return new Sequences(IntStream.range(0, 8)
                .mapToObj(i -> {
                    var tokens = random.ints(9 + i % 4, 0, 16).toArray();
                    tokens[0] = i;
                    tokens[tokens.length - 1] = 16;
                    return new Sequence(tokens, 3);
                })
                .toList());
    }

    private static Monitor stopping(long step, Path checkpoint) {
        return new Monitor() {
            private long asked;

            @Override
            public boolean stopRequested() {
                return asked++ == step;
            }

            @Override
            public void lastCheckpoint(long ignored, CheckpointWriter writer) {
                writer.write(checkpoint);
            }
        };
    }

    private static Monitor resuming(Path checkpoint) {
        return new Monitor() {
            @Override
            public Optional<Path> resumeFrom() {
                return Optional.of(checkpoint);
            }
        };
    }
}
