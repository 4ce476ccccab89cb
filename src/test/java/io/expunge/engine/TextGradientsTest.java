package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.expunge.engine.Sequences.Sequence;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TextGradientsTest {

    private static final int DIMENSIONS = 70;
    private static final long SEED = 12;
    private static final RandomSigns SIGNS = new RandomSigns(SEED, DIMENSIONS);
    private static final Sequences TEXTS = new Sequences(List.of(
            new Sequence(new int[] {1, 5, 2, 7, 3}, 2),
            new Sequence(new int[] {4, 4, 6}, 1),
            new Sequence(new int[] {0, 8, 1, 3, 2, 9, 5}, 6)));

    /** One whose head is its embedding, with positions and biases, and one without any of it. */
    static List<Decoder> decoders() {
        return List.of(Decoder.gpt2(11, 1, 4, 2, 8), Decoder.llama(11, 1, 4, 2, 1, 6, 8));
    }

    /** Finite differences of the papers' formulas in double precision, times a projection that is written out. */
    @ParameterizedTest
    @MethodSource("decoders")
    void projectedLogOddsAreFiniteDifferencesTimesTheProjection(Decoder decoder) {
        try (var model = LanguageModel.initialise(decoder, 3)) {
            var projected = new TextGradients(model, DIMENSIONS, SEED, () -> {}).ofLogOdds(TEXTS);
            var weights = doubles(model.weights());
            for (int text = 0; text < TEXTS.size(); text++) {
                var expected = projected(decoder, weights, TEXTS.get(text));
                for (int d = 0; d < DIMENSIONS; d++) {
                    assertThat((double) projected[text][d]).isCloseTo(expected[d], within(2e-5));
                }
            }
        }
    }

    @Test
    void theModelIsAsItWasAndLearnsAfterwards() {
        try (var model = LanguageModel.initialise(Decoder.gpt2(11, 1, 4, 2, 8), 3);
                var other = model.copy()) {
            new TextGradients(model, DIMENSIONS, SEED, () -> {}).ofLogOdds(TEXTS);
            for (var one : List.of(model, other)) {
                new Session(Monitor.NONE)
                        .descend(
                                one,
                                new TextDescent(
                                        "learning",
                                        new TextRecipe(2, 3, 1e-2, 0, 0, 0, 100, Precision.FP32),
                                        1,
                                        List.of(TextDescent.Source.of(TEXTS)),
                                        LanguageObjective::crossEntropy));
            }
            var expected = other.weights();
            model.weights()
                    .forEach((name, values) -> assertThat(values).as(name).isEqualTo(expected.get(name)));
        }
    }

    @Test
    void whatDoesNotFitIsRefusedAndWhoAsksToStopIsHeard() {
        try (var model = LanguageModel.initialise(Decoder.gpt2(11, 1, 4, 2, 8), 3)) {
            assertThatIllegalArgumentException().isThrownBy(() -> new TextGradients(model, 0, SEED, () -> {}));
            assertThatExceptionOfType(ModelRefused.class)
                    .isThrownBy(() -> new TextGradients(model, 8, SEED, () -> {})
                            .ofLogOdds(new Sequences(List.of(new Sequence(new int[] {1, 11}, 1)))));
            assertThatExceptionOfType(Stopped.class)
                    .isThrownBy(() -> new TextGradients(model, 8, SEED, () -> {
                                throw new Stopped(0);
                            })
                            .ofLogOdds(TEXTS));
            assertThat(TextGradients.passes(model, 3)).isEqualTo(1);
        }
    }

    private static double[] projected(Decoder decoder, Map<String, double[]> weights, Sequence text) {
        var projected = new double[DIMENSIONS];
        int row = 0;
        for (var tensor : weights.values()) {
            for (int at = 0; at < tensor.length; at++, row++) {
                double slope = slope(decoder, weights, tensor, at, text);
                for (int d = 0; d < DIMENSIONS; d++) {
                    projected[d] += slope * SIGNS.sign(row, d) / Math.sqrt(DIMENSIONS);
                }
            }
        }
        return projected;
    }

    private static double slope(
            Decoder decoder, Map<String, double[]> weights, double[] tensor, int at, Sequence text) {
        double step = 1e-5;
        double held = tensor[at];
        tensor[at] = held + step;
        double up = logOdds(decoder, weights, text);
        tensor[at] = held - step;
        double down = logOdds(decoder, weights, text);
        tensor[at] = held;
        return (up - down) / (2 * step);
    }

    private static double logOdds(Decoder decoder, Map<String, double[]> weights, Sequence text) {
        double loss = new DecoderTwin(decoder, weights).loss(new int[][] {text.tokens()}, new int[] {text.given()});
        double p = Math.exp(-loss / text.answerLength());
        return Math.log(p / (1 - p));
    }

    private static Map<String, double[]> doubles(Map<String, float[]> weights) {
        var all = new LinkedHashMap<String, double[]>();
        weights.forEach((name, values) -> {
            var numbers = new double[values.length];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = values[i];
            }
            all.put(name, numbers);
        });
        return all;
    }
}
