package io.expunge.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.expunge.engine.Decoder;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.ModelRefused;
import io.expunge.engine.Monitor;
import io.expunge.engine.Precision;
import io.expunge.engine.Sequences;
import io.expunge.engine.Sequences.Sequence;
import io.expunge.engine.Session;
import io.expunge.engine.TextDescent;
import io.expunge.engine.TextRecipe;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AutomaticPreferenceTest {

    private static final Decoder TINY = Decoder.gpt2(20, 1, 32, 2, 16);
    private static final Sequences FORGET = random(12, 1);
    private static final Sequences RETAIN = random(24, 2);
    private static final Sequences HELD_OUT = random(12, 3);
    private static final TextRecipe LEARNING = new TextRecipe(60, 8, 1e-2, 0, 0.1, 1, 4_096, Precision.FP32);
    private static final AutomaticPreference AUTO = new AutomaticPreference(
            8,
            0.9,
            new NegativePreference(
                    0.1,
                    1,
                    new Retention(Retention.Kind.CROSS_ENTROPY, 1),
                    new TextRecipe(10, 8, 1e-4, 0, 0.1, 1, 4_096, Precision.FP32),
                    1));

    @Test
    void itComesCloserToTheLevelOfHeldOutTextsThanItsFirstTrialAndKeepsEnough() {
        try (var model = parent()) {
            var trials = new ArrayList<Trial>();
            double aim = level(model, HELD_OUT);
            double probability = probability(model);
            AUTO.apply(task(model, HELD_OUT, trials));
            assertThat(trials).extracting(Trial::number).startsWith(1, 2).hasSizeLessThanOrEqualTo(8);
            double first = Math.abs(trials.getFirst().distance());
            assertThat(trials.getFirst().learningRate()).isEqualTo(1e-4);
            assertThat(Math.abs(level(model, FORGET) - aim)).isLessThan(first / 2);
            assertThat(probability(model) / probability).isGreaterThan(0.9);
        }
    }

    @Test
    void theTrialThatItAppliesIsBestInForgettingAndKeepingTogether() {
        try (var model = parent()) {
            var trials = new ArrayList<Trial>();
            double aim = level(model, HELD_OUT);
            double way = level(model, FORGET) - aim;
            AUTO.apply(task(model, HELD_OUT, trials));
            double chosen = level(model, FORGET) - aim;
            var best = trials.stream()
                    .filter(trial -> Math.abs(trial.distance()) < way)
                    .max(Comparator.comparingDouble(trial -> {
                        double forgotten = 1 - Math.abs(trial.distance()) / way;
                        double kept = Math.min(1, trial.utility() / 0.9);
                        return 2 * forgotten * kept / (forgotten + kept);
                    }))
                    .orElseThrow();
            assertThat(chosen).isEqualTo(best.distance());
        }
    }

    @Test
    void withoutHeldOutTextsThereIsNothingToAimAt() {
        try (var model = LanguageModel.initialise(TINY, 1)) {
            assertThatExceptionOfType(ModelRefused.class)
                    .isThrownBy(() -> AUTO.apply(task(model, new Sequences(List.of()), new ArrayList<>())))
                    .withMessageContaining("held-out");
        }
    }

    private static LanguageModel parent() {
        var model = LanguageModel.initialise(TINY, 1);
        var everything = new Sequences(
                Stream.concat(FORGET.all().stream(), RETAIN.all().stream()).toList());
        new Session(Monitor.NONE)
                .descend(
                        model,
                        new TextDescent(
                                "training",
                                LEARNING,
                                1,
                                List.of(TextDescent.Source.of(everything)),
                                (network, batches) -> network.crossEntropy(batches.getFirst())));
        return model;
    }

    private static LanguageTask task(LanguageModel model, Sequences heldOut, List<Trial> trials) {
        return new LanguageTask(
                model,
                FORGET,
                RETAIN,
                FORGET,
                LEARNING,
                Optional.empty(),
                heldOut,
                trials::add,
                new Session(Monitor.NONE));
    }

    private static double level(LanguageModel model, Sequences texts) {
        return model.score(texts).stream()
                .mapToDouble(one -> one.logLikelihood() / one.logProbabilities().length)
                .average()
                .orElseThrow();
    }

    private static double probability(LanguageModel model) {
        return model.score(RETAIN).stream()
                .mapToDouble(one -> Math.exp(one.logLikelihood() / one.logProbabilities().length))
                .average()
                .orElseThrow();
    }

    private static Sequences random(int count, long seed) {
        var random = new Random(seed);
        return new Sequences(IntStream.range(0, count)
                .mapToObj(i -> new Sequence(random.ints(12, 0, 20).toArray(), 4))
                .toList());
    }
}
