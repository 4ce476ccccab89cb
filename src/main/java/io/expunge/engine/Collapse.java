package io.expunge.engine;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/** Notices a network that answers the same to everything, and a language model that says anything. */
public final class Collapse {

    private static final int SAMPLE = 2_000;
    private static final int SEQUENCES = 200;

    private Collapse() {}

    /**
     * Passes when the network tells examples apart.
     *
     * @param examples of at least two labels, else nothing can be said and it passes
     * @throws Diverged if every one of them gets the same answer
     */
    public static void check(Network network, Examples examples) {
        int stride = Math.max(1, examples.size() / SAMPLE);
        var rows = IntStream.range(0, examples.size())
                .filter(row -> row % stride == 0)
                .toArray();
        var sample = examples.subset(rows);
        if (Arrays.stream(sample.labels()).distinct().count() < 2) {
            return;
        }
        long answers = Arrays.stream(network.logits(sample))
                .mapToInt(Collapse::best)
                .distinct()
                .count();
        if (answers < 2) {
            throw new Diverged("the network has collapsed: it gives one answer to all of " + rows.length
                    + " examples of different labels");
        }
    }

    /**
     * Passes when the model does not foretell texts that it is to know more than a nat a token worse than a blind guess.
     *
     * @throws Diverged if it does, or if what it foretells is not a number
     */
    public static void check(LanguageModel model, Sequences sequences) {
        int stride = Math.max(1, sequences.size() / SEQUENCES);
        var rows = IntStream.range(0, sequences.size())
                .filter(row -> row % stride == 0)
                .toArray();
        double sum = 0;
        long tokens = 0;
        for (var score : model.score(sequences.subset(rows))) {
            sum -= score.logLikelihood();
            tokens += score.logProbabilities().length;
        }
        double guess = Math.log(model.decoder().vocabulary());
        if (!(sum / tokens <= guess + 1)) {
            throw new Diverged(String.format(
                    Locale.ROOT,
                    "the model has collapsed: on what it is to know it loses %.1f nats a token where a blind guess loses %.1f",
                    sum / tokens,
                    guess));
        }
    }

    private static int best(float[] logits) {
        return IntStream.range(0, logits.length)
                .reduce((a, b) -> logits[b] > logits[a] ? b : a)
                .orElse(-1);
    }
}
