package io.expunge.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.data.Offset.offset;

import io.expunge.engine.Activations;
import io.expunge.engine.CheckpointWriter;
import io.expunge.engine.Decoder;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.LowRank;
import io.expunge.engine.ModelRefused;
import io.expunge.engine.Monitor;
import io.expunge.engine.Optimiser;
import io.expunge.engine.Precision;
import io.expunge.engine.Sequences;
import io.expunge.engine.Sequences.Sequence;
import io.expunge.engine.Session;
import io.expunge.engine.Stopped;
import io.expunge.engine.TextRecipe;
import io.expunge.engine.TokenScores;
import io.expunge.method.Retention.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses of the first and the second step against what the scores of the same models give by the papers' formulas. */
class LanguageMethodTest {

    private static final Decoder TINY = Decoder.gpt2(13, 2, 16, 2, 24);
    private static final Sequences FORGET = sequences(3, 1);
    private static final Sequences RETAIN = sequences(3, 2);
    private static final Sequences REFUSALS = refusals();
    /** One step an epoch, so that the second loss is that of the model after the first step. */
    private static final TextRecipe TWO_STEPS = new TextRecipe(2, 3, 1e-2, 0, 0, 0, 1_000, Precision.FP32);

    private static final double BETA = 0.7;

    @Test
    void ascentFallsBelowZeroAsTheMeanLossOverAnswerTokensGrows() {
        var method = new LanguageAscent(2, Retention.NONE, TWO_STEPS, 5);
        assertLosses(method, (before, now) -> -2 * crossEntropy(now.score(FORGET)));
    }

    @Test
    void gradientDifferenceAddsTheRetainSetsMeanLoss() {
        var method = new LanguageAscent(1, new Retention(Kind.CROSS_ENTROPY, 3), TWO_STEPS, 5);
        assertLosses(method, (before, now) -> -crossEntropy(now.score(FORGET)) + 3 * crossEntropy(now.score(RETAIN)));
    }

    @Test
    void weightedAscentWeighsEveryTokenByItsOwnProbability() {
        var method = new WeightedAscent(BETA, 1, Retention.NONE, TWO_STEPS, 5);
        assertLosses(method, (before, now) -> {
            var logs = tokens(now.score(FORGET));
            return Arrays.stream(logs).map(log -> Math.exp(BETA * log) * log).sum() / logs.length;
        });
    }

    @Test
    void npoComparesSummedLossesWithThoseOfTheParent() {
        var method = new NegativePreference(BETA, 1, Retention.NONE, TWO_STEPS, 5);
        assertLosses(method, (before, now) -> npo(before, now));
    }

    @Test
    void npoWithARetainTermAddsItsMeanLoss() {
        var method = new NegativePreference(BETA, 0.5, new Retention(Kind.CROSS_ENTROPY, 2), TWO_STEPS, 5);
        assertLosses(method, (before, now) -> 0.5 * npo(before, now) + 2 * crossEntropy(now.score(RETAIN)));
    }

    @Test
    void theDivergenceFromTheParentIsNoughtAtTheParentAndPositiveAfterAStep() {
        var plain = losses(new NegativePreference(BETA, 1, Retention.NONE, TWO_STEPS, 5));
        var held = losses(new NegativePreference(BETA, 1, new Retention(Kind.DIVERGENCE, 1e-3), TWO_STEPS, 5));
        assertThat(held.getFirst()).isCloseTo(plain.getFirst(), offset(1e-6));
        assertThat(held.get(1)).isGreaterThan(plain.get(1));
    }

    @Test
    void underAdaptersTheParentIsTheModelWithoutThem() {
        var adapted =
                TWO_STEPS.with(Optimiser.ADAMW, 0.9, Activations.KEPT, new LowRank(4, 8, List.of(LowRank.ALL_LINEAR)));
        var plain = losses(new NegativePreference(BETA, 1, Retention.NONE, adapted, 5));
        var held = losses(new NegativePreference(BETA, 1, new Retention(Kind.DIVERGENCE, 1e-3), adapted, 5));
        assertThat(held.getFirst()).isCloseTo(plain.getFirst(), offset(1e-6));
        assertThat(held.get(1)).isGreaterThan(plain.get(1));
        assertLosses(
                new NegativePreference(BETA, 0.5, new Retention(Kind.CROSS_ENTROPY, 2), adapted, 5),
                (before, now) -> 0.5 * npo(before, now) + 2 * crossEntropy(now.score(RETAIN)));
    }

    @Test
    void simNpoTakesMeanLossesAndNoReference() {
        var method = new SimpleNegativePreference(BETA, 0.3, 1, Retention.NONE, TWO_STEPS, 5);
        assertLosses(method, (before, now) -> {
            var scores = now.score(FORGET);
            return scores.stream()
                            .mapToDouble(one -> 2
                                    / BETA
                                    * softPlus(-BETA * (-one.logLikelihood() / one.logProbabilities().length - 0.3)))
                            .sum()
                    / scores.size();
        });
    }

    @Test
    void dpoPrefersRefusalsOverAnswers() {
        var method = new RefusalPreference(BETA, 1, Retention.NONE, TWO_STEPS, 5);
        assertLosses(
                method,
                (before, now) -> IntStream.range(0, 3)
                                .mapToDouble(row -> {
                                    double preferred =
                                            gain(before, now, REFUSALS, row) - gain(before, now, FORGET, row);
                                    return 2 / BETA * softPlus(-BETA * preferred);
                                })
                                .sum()
                        / 3);
    }

    @Test
    void refusalTuningLearnsTheRefusals() {
        var method = new RefusalTuning(1, Retention.NONE, TWO_STEPS, 5);
        assertLosses(method, (before, now) -> crossEntropy(now.score(REFUSALS)));
    }

    @Test
    void undialLearnsTheParentsAnswersOnlyWithoutTheToken() {
        var unchanged = losses(new SelfDistillation(0, 1, Retention.NONE, TWO_STEPS, 5));
        try (var parent = LanguageModel.initialise(TINY, 1)) {
            // at β = 0 the cross-entropy of a distribution with itself: its entropy, −Σ p log p
            assertThat(unchanged.getFirst())
                    .isCloseTo(
                            -parent.score(FORGET).stream()
                                    .flatMapToDouble(one -> Arrays.stream(one.means()))
                                    .average()
                                    .orElseThrow(),
                            offset(1e-5));
        }
        try (var model = LanguageModel.initialise(TINY, 1)) {
            double before = crossEntropy(model.score(FORGET));
            var longer = new TextRecipe(30, 3, 1e-2, 0, 0, 0, 1_000, Precision.FP32);
            new SelfDistillation(10, 1, Retention.NONE, longer, 5).apply(task(model, new Session(Monitor.NONE)));
            assertThat(crossEntropy(model.score(FORGET))).isGreaterThan(before + 0.5);
        }
    }

    @Test
    void misdirectionTurnsForgottenPlacesTowardsTheDirectionAndHoldsTheOthers() {
        var longer = new TextRecipe(40, 3, 1e-2, 0, 0, 0, 1_000, Precision.FP32);
        var losses = losses(new Misdirection(1, 2, 10, longer, 5));
        assertThat(losses.getLast()).isLessThan(losses.getFirst() / 10);
        double norm = 0;
        for (float number : new Misdirection(1, 2, 10, longer, 5).direction(16)) {
            norm += number * number;
        }
        assertThat(Math.sqrt(norm)).isCloseTo(2, offset(1e-6));
    }

    @Test
    void aBlockThatTheModelLacksIsRefused() {
        try (var model = LanguageModel.initialise(TINY, 1)) {
            assertThatExceptionOfType(ModelRefused.class)
                    .isThrownBy(() ->
                            new Misdirection(3, 2, 10, TWO_STEPS, 5).apply(task(model, new Session(Monitor.NONE))))
                    .withMessageContaining("block must be at most the model's 2 blocks but was 3");
        }
    }

    @Test
    void aStepInPartsIsTheStepAsAWhole() {
        var parts = new TextRecipe(2, 3, 1e-2, 0, 0, 0, 16, Precision.FP32);
        var retention = new Retention(Kind.CROSS_ENTROPY, 2);
        var whole = losses(new NegativePreference(BETA, 1, retention, TWO_STEPS, 5));
        var added = losses(new NegativePreference(BETA, 1, retention, parts, 5));
        for (int step = 0; step < 2; step++) {
            assertThat(added.get(step)).isCloseTo(whole.get(step), offset(1e-5));
        }
    }

    static Stream<LanguageMethod> methods() {
        var recipe = new TextRecipe(20, 2, 1e-2, 0.01, 0.1, 1, 1_000, Precision.FP32);
        var tuned = new Retention(Kind.CROSS_ENTROPY, 1);
        var held = new Retention(Kind.DIVERGENCE, 1);
        return Stream.of(
                new ExactRetraining(5),
                new LanguageAscent(1, held, recipe, 5),
                new WeightedAscent(BETA, 1, tuned, recipe, 5),
                new NegativePreference(BETA, 1, Retention.NONE, recipe, 5),
                new NegativePreference(BETA, 1, tuned, recipe, 5),
                new NegativePreference(BETA, 1, held, recipe, 5),
                new SimpleNegativePreference(BETA, 0, 1, held, recipe, 5),
                new RefusalPreference(BETA, 1, held, recipe, 5),
                new RefusalTuning(1, tuned, recipe, 5),
                new Misdirection(1, 2, 10, recipe, 5),
                new SelfDistillation(BETA, 1, held, recipe, 5),
                new BalancedSubnet(TINY.linearLayers(), 0.1, 0.7, new Schedule(20, 2, 0.1, 0.9, 5e-4, 5)));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void anEditThatWasKilledGoesOnFromItsCheckpointToTheSameBytes(LanguageMethod method, @TempDir Path directory) {
        var checkpoint = directory.resolve("checkpoint");
        var undisturbed = edited(method, Monitor.NONE);
        // killed two steps after the last checkpoint
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

    private static Map<String, float[]> edited(LanguageMethod method, Monitor monitor) {
        try (var model = LanguageModel.initialise(TINY, 1)) {
            var task = new LanguageTask(
                    model,
                    FORGET,
                    RETAIN,
                    REFUSALS,
                    new TextRecipe(20, 2, 1e-2, 0.01, 0.1, 1, 1_000, Precision.FP32),
                    Optional.empty(),
                    new Sequences(List.of()),
                    trial -> {},
                    new Session(monitor));
            method.apply(task);
            return model.weights();
        }
    }

    private interface Expected {
        double loss(LanguageModel before, LanguageModel now);
    }

    private static void assertLosses(LanguageMethod method, Expected expected) {
        var losses = losses(method);
        try (var before = LanguageModel.initialise(TINY, 1);
                var after = afterOneStep(method)) {
            assertThat(losses.get(0)).isCloseTo(expected.loss(before, before), offset(2e-5));
            assertThat(losses.get(1)).isCloseTo(expected.loss(before, after), offset(2e-5));
            // a step against a weighted loss may raise it, because the weights count for constants
            assertThat(losses.get(1) < losses.get(0) || method instanceof WeightedAscent)
                    .isTrue();
        }
    }

    private static List<Double> losses(LanguageMethod method) {
        var losses = new ArrayList<Double>();
        try (var model = LanguageModel.initialise(TINY, 1)) {
            method.apply(task(model, new Session(new Monitor() {
                @Override
                public void progress(String stage, long done, long total, double loss) {
                    losses.add(loss);
                }
            })));
        }
        return losses;
    }

    /** The model at the moment at which the second step begins. */
    private static LanguageModel afterOneStep(LanguageMethod method) {
        var kept = LanguageModel.initialise(TINY, 1);
        try (var model = LanguageModel.initialise(TINY, 1)) {
            method.apply(task(model, new Session(new Monitor() {
                @Override
                public void progress(String stage, long done, long total, double loss) {
                    if (done == 1) {
                        kept.restore(model.weights());
                    }
                }
            })));
        }
        return kept;
    }

    private static LanguageTask task(LanguageModel model, Session session) {
        return new LanguageTask(
                model,
                FORGET,
                RETAIN,
                REFUSALS,
                TWO_STEPS,
                Optional.empty(),
                new Sequences(List.of()),
                trial -> {},
                session);
    }

    private static double npo(LanguageModel before, LanguageModel now) {
        return IntStream.range(0, 3)
                        .mapToDouble(row -> 2 / BETA * softPlus(BETA * gain(before, now, FORGET, row)))
                        .sum()
                / 3;
    }

    /** log π_now(y|x) − log π_before(y|x). */
    private static double gain(LanguageModel before, LanguageModel now, Sequences sequences, int row) {
        ToDoubleFunction<LanguageModel> of =
                model -> model.score(sequences.subset(row)).getFirst().logLikelihood();
        return of.applyAsDouble(now) - of.applyAsDouble(before);
    }

    private static double softPlus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    private static double crossEntropy(List<TokenScores> scores) {
        return -Arrays.stream(tokens(scores)).average().orElseThrow();
    }

    private static double[] tokens(List<TokenScores> scores) {
        return scores.stream()
                .flatMapToDouble(one -> Arrays.stream(one.logProbabilities()))
                .toArray();
    }

    private static Sequences sequences(int count, long seed) {
        var random = new Random(seed);
        return new Sequences(IntStream.range(0, count)
                .mapToObj(i -> new Sequence(random.ints(7 + 4 * i, 0, 13).toArray(), 3 + i))
                .toList());
    }

    private static Sequences refusals() {
        return new Sequences(FORGET.all().stream()
                .map(one -> {
                    var tokens = Arrays.copyOf(one.tokens(), one.given() + 2);
                    tokens[one.given()] = 1;
                    tokens[one.given() + 1] = 2;
                    return new Sequence(tokens, one.given());
                })
                .toList());
    }
}
