package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import io.expunge.engine.Sequences.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecomputationTest {

    private static final LowRank ADAPTERS = new LowRank(3, 5, List.of(LowRank.ALL_LINEAR));

    private record Step(float loss, Map<String, float[]> gradients) {}

    private interface Loss {
        NDArray of(LanguageModel model, SequenceBatch batch);
    }

    static Stream<GoldenDecoders.Model> models() {
        return GoldenDecoders.models().stream();
    }

    @ParameterizedTest
    @MethodSource("models")
    void lossesAreTheSameBitsAndGradientsTheSameNumbers(GoldenDecoders.Model golden) {
        for (var precision : Precision.values()) {
            for (Loss loss : List.<Loss>of(
                    LanguageModel::crossEntropy,
                    (model, batch) -> model.logLikelihoods(batch).square().mean(),
                    (model, batch) -> model.logits(batch).square().mean(),
                    (model, batch) -> model.residual(batch, 1).square().mean(),
                    (model, batch) -> model.crossEntropy(batch)
                            .add(model.residual(batch, 2).square().mean())
                            .add(model.logLikelihoods(batch).mean()))) {
                try (var model = model(golden.decoder())) {
                    assertSame(
                            step(model, model.parameters(), golden(), precision, Activations.KEPT, loss),
                            step(model, model.parameters(), golden(), precision, Activations.RECOMPUTED, loss));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void adaptersHaveTheSameGradientsToo(GoldenDecoders.Model golden) {
        try (var model = model(golden.decoder())) {
            var adapters = model.adapt(ADAPTERS, 1).parameters();
            var random = new Random(3);
            var numbers = adapters.copies();
            numbers.values().forEach(values -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = (random.nextFloat() - 0.5f) / 4;
                }
            });
            adapters.restore(numbers);
            assertSame(
                    step(model, adapters, golden(), Precision.FP32, Activations.KEPT, LanguageModel::crossEntropy),
                    step(
                            model,
                            adapters,
                            golden(),
                            Precision.FP32,
                            Activations.RECOMPUTED,
                            LanguageModel::crossEntropy));
        }
    }

    @Test
    void aHeadOfManyTokensIsReadInPieces() {
        // 16 rows of logits at a time, so that the 38 targets fall into three pieces
        var decoder = Decoder.gpt2(1 << 20, 1, 8, 1, 24);
        var random = new Random(1);
        var sequences = new Sequences(IntStream.range(0, 2)
                .mapToObj(i -> new Sequence(random.ints(20, 0, 1 << 20).toArray(), 1))
                .toList());
        try (var model = LanguageModel.initialise(decoder, 1)) {
            Loss loss = (one, batch) -> one.logLikelihoods(batch).square().mean();
            var kept = step(model, model.parameters(), sequences, Precision.FP32, Activations.KEPT, loss);
            var recomputed = step(model, model.parameters(), sequences, Precision.FP32, Activations.RECOMPUTED, loss);
            assertSame(kept, recomputed);
            var scores = model.score(sequences);
            assertThat((double) kept.loss())
                    .isCloseTo(
                            scores.stream()
                                    .mapToDouble(one -> one.logLikelihood() * one.logLikelihood())
                                    .average()
                                    .orElseThrow(),
                            within(1e-5 * kept.loss()));
            // weights are so small that all tokens are about equally likely
            var logs = scores.getFirst().logProbabilities();
            assertThat(logs).hasSize(19);
            for (double log : logs) {
                assertThat(log).isCloseTo(-Math.log(1 << 20), within(0.1));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTrainingIsTheSameWithActivationsKeptOrRecomputed(boolean adapted) {
        var decoder = Decoder.llama(17, 2, 32, 4, 2, 48, 24);
        var recipe = new TextRecipe(6, 4, 1e-3, 0.01, 0.1, 1, 40, Precision.FP32);
        var kept = train(decoder, recipe.with(Optimiser.SGD, 0.9, Activations.KEPT, adapted ? ADAPTERS : null));
        var recomputed =
                train(decoder, recipe.with(Optimiser.SGD, 0.9, Activations.RECOMPUTED, adapted ? ADAPTERS : null));
        assertThat(recomputed.getFirst()).isEqualTo(kept.getFirst());
        for (int step = 0; step < kept.size(); step++) {
            assertThat(recomputed.get(step)).isCloseTo(kept.get(step), within(1e-5));
        }
        assertThat(kept.getLast()).isNotEqualTo(kept.getFirst());
    }

    private static List<Double> train(Decoder decoder, TextRecipe recipe) {
        var losses = new ArrayList<Double>();
        var random = new Random(1);
        var texts = new Sequences(IntStream.range(0, 8)
                .mapToObj(i -> new Sequence(random.ints(9 + i % 4, 0, 16).toArray(), 3))
                .toList());
        try (var model = LanguageModel.initialise(decoder, 3)) {
            new Session(new Monitor() {
                        @Override
                        public void progress(String stage, long done, long total, double loss) {
                            losses.add(loss);
                        }
                    })
                    .descend(
                            model,
                            new TextDescent(
                                    "training",
                                    recipe,
                                    3,
                                    List.of(TextDescent.Source.of(texts)),
                                    LanguageObjective::crossEntropy));
        }
        return losses;
    }

    private static void assertSame(Step kept, Step recomputed) {
        assertThat(recomputed.loss()).isEqualTo(kept.loss());
        kept.gradients().forEach((name, expected) -> {
            var actual = recomputed.gradients().get(name);
            double largest = 0;
            double apart = 0;
            for (int i = 0; i < expected.length; i++) {
                largest = Math.max(largest, Math.abs(expected[i]));
                apart = Math.max(apart, Math.abs((double) actual[i] - expected[i]));
            }
            assertThat(apart).as(name).isLessThanOrEqualTo(1e-6 * largest);
        });
        assertThat(kept.gradients().values()).anyMatch(values -> values[0] != 0);
    }

    private static LanguageModel model(Decoder decoder) {
        var model = LanguageModel.initialise(decoder, 1);
        model.restore(GoldenDecoders.weights(decoder));
        return model;
    }

    private static Sequences golden() {
        var first = new int[] {4, 2};
        var tokens = GoldenDecoders.sequences();
        return new Sequences(IntStream.range(0, 2)
                .mapToObj(i -> new Sequence(tokens.get(i), first[i]))
                .toList());
    }

    private static Step step(
            LanguageModel model,
            Parameters moved,
            Sequences sequences,
            Precision precision,
            Activations activations,
            Loss loss) {
        var recipe = new TextRecipe(1, 1, 1, 0, 0, 0, 1_000, precision).with(Optimiser.SGD, 0, activations, null);
        return Lane.hold(() -> {
            float value;
            var space = moved.openStep();
            try (var collector = Torch.engine().newGradientCollector()) {
                model.begin(space, recipe);
                var batch = new SequenceBatch(
                        space, model.decoder(), sequences, new int[] {0, 1}, 2, 1, new java.util.HashMap<>());
                var result = loss.of(model, batch);
                value = result.getFloat();
                collector.backward(result);
                model.back(collector);
            } finally {
                model.end();
                moved.closeStep();
            }
            Map<String, float[]> gradients = new LinkedHashMap<>();
            moved.leaves().forEach((name, leaf) -> {
                try (var gradient = leaf.getGradient()) {
                    gradients.put(name, gradient.toFloatArray());
                }
            });
            moved.forgetGradients();
            return new Step(value, gradients);
        });
    }
}
