package io.expunge.metric;

import io.expunge.engine.LanguageModel;
import io.expunge.engine.Monitor;
import io.expunge.engine.Sequences;
import io.expunge.engine.Session;
import io.expunge.engine.TextDescent;
import io.expunge.engine.TextRecipe;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Asks language models the same questions. */
final class TextInterrogation {

    private static final int PASSES = 3;
    private static final int LEAST = 8;
    private static final double PACE = 0.25;

    private final TextEvaluationSets sets;
    private final TextRecipe relearning;
    private final long seed;
    private final Monitor monitor;

    /** @param recipe of the parent's training; a quarter of its step size relearns */
    TextInterrogation(TextEvaluationSets sets, TextRecipe recipe, long seed, Monitor monitor) {
        this.sets = sets;
        this.relearning = new TextRecipe(
                1,
                recipe.batchSize(),
                PACE * recipe.learningRate(),
                recipe.weightDecay(),
                0,
                recipe.clip(),
                recipe.partTokens(),
                recipe.precision());
        this.seed = seed;
        this.monitor = monitor;
    }

    /** The model is as it was afterwards. */
    TextAnswers of(LanguageModel model) {
        return new TextAnswers(
                model.score(sets.forget()),
                model.score(sets.paraphrased()),
                model.score(sets.retain()),
                model.score(sets.test()),
                rounded(model, Quantisation.INT8),
                rounded(model, Quantisation.INT4),
                recited(model),
                recovery(model));
    }

    private double[] recited(LanguageModel model) {
        return sets.forget().size() == 0
                ? new double[0]
                : Arrays.stream(new RecitationProbe(sets.forget()).distances(model))
                        .map(distance -> 1 - distance)
                        .toArray();
    }

    private List<io.expunge.engine.TokenScores> rounded(LanguageModel model, Quantisation bits) {
        try (var copy = model.copy()) {
            copy.restore(model.withLinear(bits::roundTrip));
            return copy.score(sets.forget());
        }
    }

    private double[] recovery(LanguageModel model) {
        if (sets.forget().size() < LEAST) {
            return new double[0];
        }
        var shown = half(0);
        var asked = half(1);
        var sums = new double[asked.size()];
        try (var copy = model.copy()) {
            for (int pass = 0; pass < PASSES; pass++) {
                new Session(monitor)
                        .trial()
                        .descend(
                                copy,
                                new TextDescent(
                                        "relearning",
                                        relearning,
                                        seed + pass,
                                        List.of(TextDescent.Source.of(shown)),
                                        (network, batches) -> network.crossEntropy(batches.getFirst())));
                var exact = TextAnswers.each(copy.score(asked), TextAnswers::exact);
                Arrays.setAll(sums, i -> sums[i] + exact[i] / PASSES);
            }
        }
        return sums;
    }

    private Sequences half(int remainder) {
        return sets.forget()
                .subset(IntStream.range(0, sets.forget().size())
                        .filter(i -> i % 2 == remainder)
                        .toArray());
    }
}
