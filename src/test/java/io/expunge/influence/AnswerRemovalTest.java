package io.expunge.influence;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.hipparchus.stat.correlation.PearsonsCorrelation;
import org.junit.jupiter.api.Test;

/** Held against brute force: groups of texts are left out and small language models trained again. */
class AnswerRemovalTest {

    private static final int PEOPLE = 24;
    private static final int NETWORKS = 2;
    private static final Decoder DECODER = Decoder.gpt2(40, 1, 32, 2, 12);
    private static final TextRecipe RECIPE = new TextRecipe(40, 16, 5e-3, 0.01, 0.1, 1, 1_000, Precision.FP32);
    private static final Sequences TEXTS = texts();
    private static final Sequences NONE = new Sequences(List.of());

    @Test
    void whatLeavingGroupsOutDoesToAnswersIsForetoldInOrderAndInScale() {
        var groups = new int[][] {people(0, 1), people(7, 13), people(20, 22)};
        var before = new double[TEXTS.size()];
        var foretold = new double[groups.length][TEXTS.size()];
        for (int m = 0; m < NETWORKS; m++) {
            try (var model = trained(TEXTS, m)) {
                add(before, model);
                var odds = model.logOdds(TEXTS);
                var removal = new AnswerRemoval(model, TEXTS, NONE, 128, m, () -> {});
                for (int g = 0; g < groups.length; g++) {
                    var without = removal.without(groups[g]);
                    for (int x = 0; x < without.length; x++) {
                        foretold[g][x] += (without[x] - odds[x][0]) / NETWORKS;
                    }
                }
            }
        }
        double correlation = 0;
        double both = 0;
        double own = 0;
        for (int g = 0; g < groups.length; g++) {
            var moved = new double[TEXTS.size()];
            for (int m = 0; m < NETWORKS; m++) {
                try (var model = trained(without(groups[g]), m)) {
                    add(moved, model);
                }
            }
            for (int x = 0; x < moved.length; x++) {
                moved[x] -= before[x];
                both += foretold[g][x] * moved[x];
                own += foretold[g][x] * foretold[g][x];
            }
            correlation += new PearsonsCorrelation().correlation(foretold[g], moved) / groups.length;
        }
        assertThat(correlation).isGreaterThan(0.5);
        assertThat(both / own).as("the scale is that of log odds").isBetween(0.4, 2.5);
    }

    private static void add(double[] sum, LanguageModel model) {
        var odds = model.logOdds(TEXTS);
        for (int x = 0; x < sum.length; x++) {
            sum[x] += odds[x][0] / NETWORKS;
        }
    }

    private static LanguageModel trained(Sequences texts, long seed) {
        var model = LanguageModel.initialise(DECODER, seed);
        new Session(Monitor.NONE)
                .descend(
                        model,
                        new TextDescent(
                                "training",
                                RECIPE,
                                seed,
                                List.of(TextDescent.Source.of(texts)),
                                LanguageObjective::crossEntropy));
        return model;
    }

    private static int[] people(int... numbers) {
        return Arrays.stream(numbers)
                .flatMap(person -> IntStream.of(2 * person, 2 * person + 1))
                .toArray();
    }

    private static Sequences without(int[] gone) {
        return TEXTS.subset(IntStream.range(0, TEXTS.size())
                .filter(i -> Arrays.stream(gone).noneMatch(one -> one == i))
                .toArray());
    }

    /** Two texts of each person: a question, two tokens that name the person, and an answer of two tokens, out of few. */
    private static Sequences texts() {
        var random = new Random(3);
        return new Sequences(IntStream.range(0, PEOPLE)
                .boxed()
                .flatMap(person -> Stream.of(0, 1)
                        .map(question -> new Sequence(
                                new int[] {
                                    question,
                                    10 + person % 6,
                                    20 + person / 6,
                                    2,
                                    26 + random.nextInt(4),
                                    32 + random.nextInt(4),
                                    3
                                },
                                4)))
                .toList());
    }
}
