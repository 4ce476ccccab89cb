package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DecoderTest {

    private static final List<int[]> SEQUENCES = GoldenDecoders.sequences();

    static List<GoldenDecoders.Model> models() {
        return GoldenDecoders.models();
    }

    @ParameterizedTest
    @MethodSource("models")
    void answersAsTheReferenceLibraryDoes(GoldenDecoders.Model model) {
        var decoder = model.decoder();
        var logits = packed(decoder, SEQUENCES, Precision.FP32);
        for (int i = 0; i < SEQUENCES.size(); i++) {
            assertThat(error(logits[i][SEQUENCES.get(i).length - 1], model.lastLogits()[i]))
                    .isLessThan(1e-5);
        }
        var gradients = new LinkedHashMap<String, float[]>();
        assertThat(loss(decoder, new int[] {1, 1}, gradients)).isCloseTo(model.loss(), within(1e-5 * model.loss()));
        var norms = new TreeMap<String, Double>();
        gradients.forEach((name, values) -> norms.put(
                name,
                Math.sqrt(IntStream.range(0, values.length)
                        .mapToDouble(i -> values[i] * (double) values[i])
                        .sum())));
        assertThat(norms.keySet()).isEqualTo(model.gradientNorms().keySet());
        model.gradientNorms()
                .forEach((name, norm) ->
                        assertThat(norms.get(name)).as(name).isCloseTo(norm, within(1e-4 * norm + 1e-5)));
    }

    @ParameterizedTest
    @MethodSource("models")
    void everyPositionAnswersAsTheFormulasDo(GoldenDecoders.Model model) {
        var decoder = model.decoder();
        var twin = new DecoderTwin(decoder, exact(decoder));
        var logits = packed(decoder, SEQUENCES, Precision.FP32);
        for (int i = 0; i < SEQUENCES.size(); i++) {
            var expected = twin.logits(SEQUENCES.get(i));
            for (int at = 0; at < expected.length; at++) {
                assertThat(error(logits[i][at], expected[at])).isLessThan(1e-5);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void gradientsAreTheSlopesOfTheFormulas(GoldenDecoders.Model model) {
        var decoder = model.decoder();
        var first = new int[] {4, 2};
        var gradients = new LinkedHashMap<String, float[]>();
        loss(decoder, first, gradients);
        var weights = exact(decoder);
        var twin = new DecoderTwin(decoder, weights);
        var sequences = SEQUENCES.toArray(int[][]::new);
        var random = new SplittableRandom(7);
        gradients.forEach((name, gradient) -> {
            var values = weights.get(name);
            int width = Math.min(gradient.length, 500);
            // rows of tokens and positions that occur
            int from = name.contains("w") && gradient.length > 500 ? decoder.width() : 0;
            for (int probe = 0; probe < 5; probe++) {
                int at = Math.min(gradient.length - 1, from + random.nextInt(width));
                double value = values[at];
                values[at] = value + 1e-4;
                double above = twin.loss(sequences, first);
                values[at] = value - 1e-4;
                double slope = (above - twin.loss(sequences, first)) / 2e-4;
                values[at] = value;
                assertThat((double) gradient[at])
                        .as(name + " at " + at)
                        .isCloseTo(slope, within(1e-3 * Math.abs(slope) + 2e-5));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("models")
    void aSequenceAnswersInABatchAsItDoesAlone(GoldenDecoders.Model model) {
        var decoder = model.decoder();
        var sequences = List.of(new int[] {5, 6, 7}, new int[] {1}, new int[] {9, 8, 7, 6, 5, 4, 3}, new int[] {2, 2});
        var together = packed(decoder, sequences, Precision.FP32);
        for (int i = 0; i < sequences.size(); i++) {
            var alone = packed(decoder, List.of(sequences.get(i)), Precision.FP32)[0];
            for (int at = 0; at < alone.length; at++) {
                assertThat(error(together[i][at], widened(alone[at]))).isLessThan(1e-5);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void whatFillsASlotBehindASequenceIsOfNoEffect(GoldenDecoders.Model model) {
        var decoder = model.decoder();
        try (var manager = Torch.manager()) {
            var batch = TokenBatch.of(manager, decoder, SEQUENCES, new int[] {1, 1});
            var there = batch.there().toLongArray();
            var other = there.clone();
            int longest = there.length / 2;
            Arrays.fill(other, longest + SEQUENCES.get(1).length, there.length, 3);
            assertThat(other).isNotEqualTo(there);
            var changed = new TokenBatch(
                    batch.sequences(),
                    batch.tokens(),
                    batch.positions(),
                    manager.create(other),
                    batch.back(),
                    batch.ends(),
                    batch.rows(),
                    batch.targets(),
                    batch.owners());
            var pass = pass(manager, decoder, Precision.FP32);
            assertThat(pass.hidden(changed).toFloatArray())
                    .isEqualTo(pass.hidden(batch).toFloatArray());
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void brainFloatsAnswerAlmostTheSame(GoldenDecoders.Model model) {
        var decoder = model.decoder();
        var exact = packed(decoder, SEQUENCES, Precision.FP32);
        var rough = packed(decoder, SEQUENCES, Precision.BF16);
        for (int i = 0; i < SEQUENCES.size(); i++) {
            for (int at = 0; at < exact[i].length; at++) {
                assertThat(error(rough[i][at], widened(exact[i][at]))).isBetween(1e-6, 2e-2);
            }
        }
    }

    @Test
    void probabilitiesBelongToTargetsAndSumOverTheirSequences() {
        var decoder = models().getFirst().decoder();
        var twin = new DecoderTwin(decoder, exact(decoder));
        try (var manager = Torch.manager()) {
            var batch = TokenBatch.of(manager, decoder, SEQUENCES, new int[] {8, 4});
            var pass = pass(manager, decoder, Precision.FP32);
            var probabilities = pass.tokenLogProbabilities(pass.hidden(batch), batch);
            var logits = twin.logits(SEQUENCES.getFirst());
            double[] expected = {
                DecoderTwin.logProbability(logits[7], SEQUENCES.getFirst()[8]),
                DecoderTwin.logProbability(logits[8], SEQUENCES.getFirst()[9])
            };
            assertThat(error(probabilities.toFloatArray(), expected)).isLessThan(1e-5);
            var sums = pass.sequenceSums(probabilities, batch).toFloatArray();
            assertThat(error(sums, new double[] {expected[0] + expected[1], 0})).isLessThan(1e-5);
        }
    }

    @Test
    void blocksCanBeLeftOut() {
        var decoder = models().getFirst().decoder();
        try (var manager = Torch.manager()) {
            var batch = TokenBatch.of(manager, decoder, SEQUENCES, new int[] {1, 1});
            var pass = pass(manager, decoder, Precision.FP32);
            var embedded = pass.residual(batch, 0).toFloatArray();
            var weights = GoldenDecoders.weights(decoder);
            int token = SEQUENCES.getFirst()[2];
            assertThat(embedded[2 * decoder.width() + 1])
                    .isEqualTo(weights.get("transformer.wte.weight")[token * decoder.width() + 1]
                            + weights.get("transformer.wpe.weight")[2 * decoder.width() + 1]);
            assertThat(pass.normalised(pass.residual(batch, decoder.layers())).toFloatArray())
                    .isEqualTo(pass.hidden(batch).toFloatArray());
        }
    }

    @Test
    void sequencesThatADecoderCannotReadAreRefusedByName() {
        var decoder = models().getFirst().decoder();
        try (var manager = Torch.manager()) {
            refused(manager, decoder, new int[0], 1, "sequence 0 must have between 1 and 32 tokens but has 0");
            refused(manager, decoder, new int[33], 1, "but has 33");
            refused(manager, decoder, new int[] {1, 37}, 1, "token 37, which is not in a vocabulary of 37");
            refused(manager, decoder, new int[] {1, -1}, 1, "token -1");
            refused(manager, decoder, new int[] {1, 2}, 0, "must lie between 1 and 2 but was 0");
            refused(manager, decoder, new int[] {1, 2}, 3, "must lie between 1 and 2 but was 3");
        }
    }

    private static void refused(NDManager manager, Decoder decoder, int[] tokens, int first, String reason) {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> TokenBatch.of(manager, decoder, List.of(tokens), new int[] {first}))
                .withMessageContaining(reason);
    }

    private static DecoderPass pass(NDManager manager, Decoder decoder, Precision precision) {
        var weights = GoldenDecoders.arrays(manager, decoder, GoldenDecoders.weights(decoder));
        return new DecoderPass(decoder, weights, manager, precision);
    }

    /** Logits by sequence and position. */
    private static float[][][] packed(Decoder decoder, List<int[]> sequences, Precision precision) {
        try (var manager = Torch.manager()) {
            var first = new int[sequences.size()];
            Arrays.fill(first, 1);
            var batch = TokenBatch.of(manager, decoder, sequences, first);
            var pass = pass(manager, decoder, precision);
            var hidden = pass.hidden(batch);
            var logits = new float[first.length][][];
            long row = 0;
            for (int i = 0; i < first.length; i++) {
                logits[i] = new float[sequences.get(i).length][];
                for (int at = 0; at < logits[i].length; at++) {
                    logits[i][at] = pass.logits(hidden, new long[] {row++}).toFloatArray();
                }
            }
            return logits;
        }
    }

    /** The sum of −log p of all targets, and its gradients. */
    private static double loss(Decoder decoder, int[] first, Map<String, float[]> gradients) {
        return Lane.hold(() -> {
            try (var manager = Torch.manager()) {
                var leaves = GoldenDecoders.arrays(manager, decoder, GoldenDecoders.weights(decoder));
                leaves.values().forEach(leaf -> leaf.setRequiresGradient(true));
                double value;
                try (var collector = Torch.engine().newGradientCollector()) {
                    var pass = new DecoderPass(decoder, leaves, manager, Precision.FP32);
                    var batch = TokenBatch.of(manager, decoder, SEQUENCES, first);
                    NDArray loss = pass.tokenLogProbabilities(pass.hidden(batch), batch)
                            .sum()
                            .neg();
                    value = loss.getFloat();
                    collector.backward(loss);
                }
                leaves.forEach(
                        (name, leaf) -> gradients.put(name, leaf.getGradient().toFloatArray()));
                return value;
            }
        });
    }

    private static Map<String, double[]> exact(Decoder decoder) {
        Map<String, double[]> exact = new LinkedHashMap<>();
        GoldenDecoders.weights(decoder).forEach((name, values) -> exact.put(name, widened(values)));
        return exact;
    }

    private static double[] widened(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    /** Largest difference in units of the largest expected number. */
    private static double error(float[] actual, double[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        double difference = 0;
        double scale = 0;
        for (int i = 0; i < expected.length; i++) {
            difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
            scale = Math.max(scale, Math.abs(expected[i]));
        }
        return difference / scale;
    }
}
