package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.expunge.engine.Decoder;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.Monitor;
import io.expunge.engine.Precision;
import io.expunge.engine.Sequences;
import io.expunge.engine.Sequences.Sequence;
import io.expunge.engine.Session;
import io.expunge.engine.TextDescent;
import io.expunge.engine.TextRecipe;
import io.expunge.engine.TokenScores;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TextBatteryTest {

    private static final Decoder TINY = Decoder.gpt2(20, 1, 32, 2, 16);
    private static final TextRecipe RECIPE = new TextRecipe(40, 8, 1e-2, 0, 0.1, 1, 4_096, Precision.FP32);
    private static final Sequences FORGET = random(12, 1);
    private static final Sequences RETAIN = random(24, 2);
    private static final Sequences TEST = random(12, 3);
    private static final TextEvaluationSets SETS =
            new TextEvaluationSets(FORGET, texts(FORGET), new Sequences(List.of()), RETAIN, TEST, texts(TEST));

    @Test
    void sharesAreMeansOverTextsAndDifferFromTheMeanOfTheReferences() {
        // two answers of four tokens and an end: exact memorisation leaves the end out
        var before = answers(scores(-0.1, true, true, true, true, true), scores(-0.1, true, true, true, true, true));
        var after = answers(scores(-2, true, false, false, false, true), scores(-2, true, true, false, false, true));
        var one = answers(scores(-2, false, false, false, false, true), scores(-2, true, false, false, false, true));
        var two = answers(scores(-2, true, false, false, false, true), scores(-2, true, true, false, false, true));
        var comparison = new TextComparison(before, after, List.of(one, two), SETS, 1);

        var memorisation = comparison.finding(Check.FORGET_MEMORISATION);
        assertThat(memorisation.before()).isEqualTo(1);
        assertThat(memorisation.after()).isEqualTo((0.25 + 0.5) / 2);
        assertThat(memorisation.referenceLow()).isEqualTo((0 + 0.25) / 2);
        assertThat(memorisation.referenceHigh()).isEqualTo((0.25 + 0.5) / 2);
        assertThat(memorisation.difference()).isCloseTo(0.375 - 0.25, offset(1e-12));

        var probability = comparison.finding(Check.FORGET_PROBABILITY);
        assertThat(probability.before()).isCloseTo(Math.exp(-0.1), offset(1e-12));
        assertThat(probability.difference()).isCloseTo(0, offset(1e-12));
        assertThat(comparison.finding(Check.FORGET_EXTRACTION).before()).isEqualTo(1);
        assertThat(comparison.finding(Check.FORGET_EXTRACTION).after()).isZero();
    }

    @Test
    void anAnswersMarginIsThatOfTheGeometricMeanOfItsTokens() {
        var margins = TextAnswers.margins(
                List.of(scores(Math.log(0.9), true, true), scores(Math.log(0.5), true), scores(0, true)));
        assertThat(margins[0]).isCloseTo(Math.log(9), offset(1e-12));
        assertThat(margins[1]).isCloseTo(0, offset(1e-12));
        assertThat(margins[2]).as("learned by heart").isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void likelihoodIsMeasuredInDistancesAmongTheReferences() {
        // mean log-probabilities: edited −4, references −1 and −3, parent −0.5
        var before = answers(scores(-0.5, true), scores(-0.5, true));
        var after = answers(scores(-4, true), scores(-4, true));
        var one = answers(scores(-1, true), scores(-1, true));
        var two = answers(scores(-3, true), scores(-3, true));
        var comparison = new TextComparison(before, after, List.of(one, two), SETS, 1);

        // the references lie 2 from each other; the edited model lies |−4 + 2| = 2 from their mean, the parent 1.5
        var likelihood = comparison.finding(Check.FORGET_LIKELIHOOD);
        assertThat(likelihood.after()).isCloseTo(1, offset(1e-12));
        assertThat(likelihood.before()).isCloseTo(0.75, offset(1e-12));
        assertThat(likelihood.difference()).isCloseTo(0, offset(1e-12));

        // from the parent: the edited model 3.5, the references 0.5 and 2.5, which is 1.5 in the mean
        var parent = comparison.finding(Check.PARENT_LIKELIHOOD);
        assertThat(parent.after()).isCloseTo(3.5 / 1.5, offset(1e-12));
        assertThat(parent.before()).isZero();
    }

    @Test
    void attacksAreLeftOutWhereHeldOutTextsAreEasierForAModelThatSawNeither() {
        var easy = IntStream.range(0, 12).mapToObj(i -> scores(-1, true)).toList();
        var hard = IntStream.range(0, 12).mapToObj(i -> scores(-3, true)).toList();
        var unequal = new TextAnswers(hard, List.of(), hard, easy, hard, hard, ones(hard.size()), new double[0]);
        var findings = new TextBattery(1).compare(unequal, unequal, List.of(unequal, unequal), SETS);
        assertThat(findings.unmeasured().get("attack.loss")).contains("held-out texts are easier");
        assertThat(findings.findings()).noneMatch(finding -> finding.check().startsWith("attack."));
    }

    @Test
    void theParentAndACollapsedModelAreFailedAndHonestRetrainingIsNot() {
        var everything = new Sequences(
                Stream.concat(FORGET.all().stream(), RETAIN.all().stream()).toList());
        try (var parent = trained(everything, 1);
                var first = trained(RETAIN, 11);
                var second = trained(RETAIN, 12);
                var third = trained(RETAIN, 13);
                var collapsed = LanguageModel.initialise(TINY, 5)) {
            var references = List.of(first, second);
            assertThat(outcome(parent, parent, references)).isEqualTo(Outcome.FAILED);
            assertThat(outcome(parent, collapsed, references)).isEqualTo(Outcome.FAILED);
            // so few texts leave wide intervals, so it need not pass
            assertThat(outcome(parent, third, references)).isNotEqualTo(Outcome.FAILED);
        }
    }

    @Test
    void theSameArgumentsGiveTheSameFindingsAndLeaveTheModelsAsTheyWere() {
        try (var parent = trained(FORGET, 1);
                var reference = trained(RETAIN, 11)) {
            var before = parent.weights();
            var once = measured(parent, reference, List.of(reference, reference));
            assertThat(measured(parent, reference, List.of(reference, reference)))
                    .isEqualTo(once);
            parent.weights().forEach((name, values) -> assertThat(values).isEqualTo(before.get(name)));
        }
    }

    private static Outcome outcome(LanguageModel before, LanguageModel after, List<LanguageModel> references) {
        return Verdict.of(measured(before, after, references), Thresholds.calibrated())
                .outcome();
    }

    private static Findings measured(LanguageModel before, LanguageModel after, List<LanguageModel> references) {
        return new TextBattery(3).measure(before, after, references, SETS, RECIPE, Monitor.NONE);
    }

    private static LanguageModel trained(Sequences texts, long seed) {
        var model = LanguageModel.initialise(TINY, seed);
        new Session(Monitor.NONE)
                .descend(
                        model,
                        new TextDescent(
                                "training",
                                RECIPE,
                                seed,
                                List.of(TextDescent.Source.of(texts)),
                                (network, batches) -> network.crossEntropy(batches.getFirst())));
        return model;
    }

    /** Every token with the same log-probability. */
    private static TokenScores scores(double log, boolean... right) {
        var logs = new double[right.length];
        Arrays.fill(logs, log);
        var means = new double[right.length];
        Arrays.fill(means, -1);
        var deviations = new double[right.length];
        Arrays.fill(deviations, 1);
        return new TokenScores(logs, right, means, deviations);
    }

    private static TextAnswers answers(TokenScores... forget) {
        var all = List.of(forget);
        return new TextAnswers(all, List.of(), all, all, all, all, ones(all.size()), new double[0]);
    }

    private static Sequences random(int count, long seed) {
        var random = new Random(seed);
        return new Sequences(IntStream.range(0, count)
                .mapToObj(i -> new Sequence(random.ints(12, 0, 20).toArray(), 4))
                .toList());
    }

    private static List<String> texts(Sequences sequences) {
        return sequences.all().stream()
                .map(one -> Arrays.toString(one.tokens()))
                .toList();
    }

    private static double[] ones(int count) {
        var ones = new double[count];
        java.util.Arrays.fill(ones, 1);
        return ones;
    }
}
