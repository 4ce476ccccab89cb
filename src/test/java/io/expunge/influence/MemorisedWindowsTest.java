package io.expunge.influence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.expunge.engine.Decoder;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.LanguageObjective;
import io.expunge.engine.Monitor;
import io.expunge.engine.Precision;
import io.expunge.engine.Sequences;
import io.expunge.engine.Sequences.Sequence;
import io.expunge.engine.Session;
import io.expunge.engine.TextDescent;
import io.expunge.engine.TextRecipe;
import io.expunge.metric.CapabilityProbes;
import io.expunge.metric.Check;
import io.expunge.metric.RecitationProbe;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Windows of a model that has learned four texts by heart, among texts that it has never read. */
class MemorisedWindowsTest {

    private static final MemorisedWindows SHAPE = new MemorisedWindows(4, 6);
    private static final Sequences LEARNED = texts(4, 24, 1);
    private static final Sequences FOREIGN = texts(20, 24, 2);

    private static LanguageModel model;

    @BeforeAll
    static void learn() {
        model = LanguageModel.initialise(Decoder.gpt2(16, 2, 32, 2, 32), 1);
        new Session(Monitor.NONE)
                .descend(
                        model,
                        new TextDescent(
                                "learning",
                                new TextRecipe(150, 4, 1e-2, 0, 0.05, 1, 4_096, Precision.FP32),
                                1,
                                List.of(TextDescent.Source.of(LEARNED)),
                                LanguageObjective::crossEntropy));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void areFoundWhereTheNaiveSearchFindsThemAndNowhereElse() {
        var all = new Sequences(
                Stream.concat(FOREIGN.all().stream(), LEARNED.all().stream()).toList());
        var told = new ArrayList<Integer>();
        var found = SHAPE.find(model, all, 100, (searched, of) -> told.add(searched));
        assertThat(told).containsExactly(24);
        // with positions that are learned, a window from the middle of a text need not be recited by itself
        assertThat(found.stream().map(MemorisedWindows.Window::text).distinct())
                .hasSize(4)
                .allMatch(text -> text >= 20);
        assertThat(found).hasSizeBetween(4, 8);
        for (var window : found) {
            assertThat(recited(window.tokens())).isTrue();
        }
        for (int i = 1; i < found.size(); i++) {
            if (found.get(i).text() == found.get(i - 1).text()) {
                assertThat(found.get(i).from())
                        .isGreaterThanOrEqualTo(found.get(i - 1).from() + SHAPE.length());
            }
        }
    }

    @Test
    void theSameTokensCountOnceAndTheSearchEndsWithAsManyAsWereAskedFor() {
        var twice = new Sequences(
                Stream.concat(LEARNED.all().stream(), LEARNED.all().stream()).toList());
        var found = SHAPE.find(model, twice, 100, (searched, of) -> {});
        assertThat(found).allMatch(window -> window.text() < 4);
        assertThat(SHAPE.find(model, twice, 2, (searched, of) -> {})).hasSize(2);
    }

    @Test
    void whatIsFoundIsRecitedGreedily() {
        var found = SHAPE.find(model, LEARNED, 100, (searched, of) -> {});
        assertThat(SHAPE.recited(model, found)).containsOnly(true);
        var probe = new RecitationProbe(SHAPE.sequences(found));
        assertThat(probe.of(model).strict()).isEqualTo(1);
        assertThat(probe.of(model).levenshtein()).isZero();
        assertThat(probe.shifted(model)).isEqualTo(1);
        try (var other = LanguageModel.initialise(model.decoder(), 9)) {
            assertThat(probe.of(other).strict()).isZero();
            assertThat(probe.shifted(other)).isCloseTo(0, within(0.2));
        }
    }

    @Test
    void theLikeliestTokensBeginWithTheOneThatIsRight() {
        var likeliest = model.likeliest(LEARNED, 3);
        var scores = model.score(LEARNED);
        for (int i = 0; i < LEARNED.size(); i++) {
            var truth = LEARNED.get(i).answer();
            assertThat(likeliest.get(i)).hasSize(3 * truth.length);
            for (int at = 0; at < truth.length; at++) {
                assertThat(likeliest.get(i)[3 * at] == truth[at])
                        .isEqualTo(scores.get(i).right()[at]);
            }
        }
    }

    @Test
    void everyCheckOfRecitationHasALimit() {
        assertThat(Check.of("recitation.strict").calibrated()).isPositive();
        assertThat(CapabilityProbes.sums(5, 1)).isEqualTo(CapabilityProbes.sums(5, 1));
    }

    private static boolean recited(int[] tokens) {
        var score = model.score(new Sequences(List.of(new Sequence(tokens, SHAPE.prefix()))))
                .getFirst();
        return IntStream.range(0, SHAPE.suffix()).allMatch(i -> score.right()[i]);
    }

    private static Sequences texts(int count, int length, long seed) {
        var random = new Random(seed);
        return new Sequences(IntStream.range(0, count)
                .mapToObj(i -> new Sequence(random.ints(length, 0, 16).toArray(), 1))
                .toList());
    }
}
