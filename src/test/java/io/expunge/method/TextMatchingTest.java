package io.expunge.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.expunge.engine.CheckpointWriter;
import io.expunge.engine.Decoder;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.LowRank;
import io.expunge.engine.Mlp;
import io.expunge.engine.Monitor;
import io.expunge.engine.Precision;
import io.expunge.engine.Recipe;
import io.expunge.engine.Sequences;
import io.expunge.engine.Sequences.Sequence;
import io.expunge.engine.Session;
import io.expunge.engine.Stopped;
import io.expunge.engine.TextRecipe;
import io.expunge.engine.TokenScores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Losses against what the scores of the same model give by the formula, with p the geometric mean of an answer's tokens. */
class TextMatchingTest {

    private static final Decoder TINY = Decoder.gpt2(13, 2, 16, 2, 24);
    private static final Sequences FORGET = sequences(3, 1);
    private static final Sequences RETAIN = sequences(4, 2);
    private static final TextRecipe WHOLE = recipe(1, 100, 1_000);
    private static final Teacher TEACHER = teacher();

    @Test
    void theLossIsTheMeanSquareOverTheLogOddsOfAllPoints() {
        assertThat(losses(1, new TextMatching(2, 1, WHOLE, 5)).getFirst()).isCloseTo(expected(2, 1, 3), within(1e-4));
        assertThat(losses(1, new TextMatching(1, 1, recipe(1, 100, 16), 5)).getFirst())
                .as("in parts")
                .isCloseTo(expected(1, 1, 3), within(1e-4));
    }

    @Test
    void theMultiplierScalesTheWayToThePrediction() {
        assertThat(losses(0.5, new TextMatching(1, 1, WHOLE, 5)).getFirst())
                .isCloseTo(expected(1, 0.5, 3), within(1e-4));
        assertThat(losses(0, new TextMatching(1, 1, WHOLE, 5)).getFirst()).isCloseTo(0, within(1e-6));
    }

    @Test
    void aTeacherIsMatchedOnBothSets() {
        var losses = losses(1, new TextMatching(1, 2, recipe(60, 7, 1_000), 5));
        assertThat(losses.getLast()).isLessThan(losses.getFirst() / 100);
    }

    @Test
    void adaptersMayBeTrainedInPlaceOfTheWeights() {
        var adapted = recipe(60, 7, 1_000)
                .with(
                        WHOLE.optimiser(),
                        WHOLE.momentum(),
                        WHOLE.activations(),
                        new LowRank(4, 8, List.of(LowRank.ALL_LINEAR)));
        var losses = losses(1, new TextMatching(1, 2, adapted, 5));
        assertThat(losses.getFirst()).isCloseTo(expected(1, 1, 4), within(1e-4));
        assertThat(losses.getLast()).isLessThan(0.8 * losses.getFirst());
    }

    @Test
    void anEditThatWasKilledGoesOnFromItsCheckpointToTheSameBytes(@TempDir Path directory) {
        var checkpoint = directory.resolve("checkpoint");
        var method = method(1, new TextMatching(2, 1, recipe(4, 3, 1_000), 5));
        var undisturbed = edited(method, Monitor.NONE);
        assertThatExceptionOfType(Stopped.class)
                .isThrownBy(() -> edited(method, new Monitor() {
                    private int asked;

                    @Override
                    public boolean stopRequested() {
                        return ++asked == 4;
                    }

                    @Override
                    public void checkpoint(long step, CheckpointWriter writer) {
                        if (step == 1) {
                            writer.write(checkpoint);
                        }
                    }
                }));
        var resumed = edited(method, new Monitor() {
            @Override
            public Optional<Path> resumeFrom() {
                return Optional.of(checkpoint);
            }
        });
        undisturbed.forEach(
                (name, values) -> assertThat(resumed.get(name)).as(name).isEqualTo(values));
    }

    @Test
    void nothingIsMatchedWithoutAnAttribution() {
        try (var model = LanguageModel.initialise(TINY, 1)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> method(1, new TextMatching(1, 1, WHOLE, 5))
                            .apply(task(model, Monitor.NONE, Optional.empty())))
                    .withMessageContaining("attribution");
        }
    }

    @Test
    void itEditsWhatItSaysHowToTune() {
        var network = new Matching(1, 1, 1, 8, 0.25, Recipe.Schedule.CONSTANT, 1);
        var text = new TextMatching(1, 1, WHOLE, 5);
        var mlp = new Mlp(2, List.of(3), 2);
        assertThat(method(1, text).edits(mlp)).isFalse();
        assertThat(method(1, text).recipe()).isEqualTo(WHOLE);
        assertThat(new DatamodelMatching(Estimator.TRAK, 1, network).edits(mlp)).isTrue();
        assertThat(new DatamodelMatching(Estimator.DATAMODELS, 1, network).recipe())
                .isNull();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DatamodelMatching(Estimator.DATAMODELS, 1, null, text))
                .withMessageStartingWith("estimator must be TRAK");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DatamodelMatching(Estimator.TRAK, 1, null, null))
                .withMessageStartingWith("matching must be given");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TextMatching(0, 1, WHOLE, 5))
                .withMessageStartingWith("forgetRepeats");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TextMatching(1, 0, WHOLE, 5))
                .withMessageStartingWith("retainMultiple");
    }

    private static double expected(int repeats, double multiplier, int retained) {
        try (var model = LanguageModel.initialise(TINY, 1)) {
            double sum = 0;
            var onForget = odds(model.score(FORGET));
            for (int i = 0; i < onForget.length; i++) {
                double apart = multiplier * (onForget[i] - TEACHER.onForget()[i][0]);
                sum += repeats * apart * apart;
            }
            var rows = Matching.retained(5, retained == 3 ? 1 : 2, FORGET.size(), RETAIN.size());
            assertThat(rows).hasSize(retained);
            var onRetain = odds(model.score(RETAIN.subset(rows)));
            for (int i = 0; i < retained; i++) {
                double apart = multiplier * (onRetain[i] - TEACHER.onRetain(rows)[i][0]);
                sum += apart * apart;
            }
            return sum / (repeats * onForget.length + retained);
        }
    }

    private static double[] odds(List<TokenScores> scores) {
        ToDoubleFunction<TokenScores> of = score -> {
            double p =
                    Math.exp(Arrays.stream(score.logProbabilities()).average().orElseThrow());
            return Math.log(p / (1 - p));
        };
        return scores.stream().mapToDouble(of).toArray();
    }

    private static List<Double> losses(double multiplier, TextMatching matching) {
        var losses = new ArrayList<Double>();
        edited(method(multiplier, matching), new Monitor() {
            @Override
            public void progress(String stage, long done, long total, double loss) {
                losses.add(loss);
            }
        });
        return losses;
    }

    private static DatamodelMatching method(double multiplier, TextMatching matching) {
        return new DatamodelMatching(Estimator.TRAK, multiplier, null, matching);
    }

    private static Map<String, float[]> edited(DatamodelMatching method, Monitor monitor) {
        try (var model = LanguageModel.initialise(TINY, 1)) {
            method.apply(task(model, monitor, Optional.of(TEACHER)));
            return model.weights();
        }
    }

    private static LanguageTask task(LanguageModel model, Monitor monitor, Optional<Teacher> predicted) {
        return new LanguageTask(
                model,
                FORGET,
                RETAIN,
                FORGET,
                WHOLE,
                Optional.empty(),
                new Sequences(List.of()),
                trial -> {},
                new Session(monitor),
                Curvatures.NONE,
                predicted);
    }

    private static Teacher teacher() {
        return new Teacher() {
            @Override
            public float[][] onForget() {
                return new float[][] {{-4}, {-3}, {-3.5f}};
            }

            @Override
            public float[][] onRetain(int[] rows) {
                return Arrays.stream(rows)
                        .mapToObj(row -> new float[] {-1 - row})
                        .toArray(float[][]::new);
            }
        };
    }

    private static TextRecipe recipe(int epochs, int batchSize, int partTokens) {
        return new TextRecipe(epochs, batchSize, 1e-2, 0, 0, 0, partTokens, Precision.FP32);
    }

    private static Sequences sequences(int count, long seed) {
        var random = new Random(seed);
        return new Sequences(IntStream.range(0, count)
                .mapToObj(i -> new Sequence(random.ints(7 + 4 * i, 0, 13).toArray(), 3 + i))
                .toList());
    }
}
