package io.expunge.metric;

import io.expunge.engine.LanguageModel;
import io.expunge.engine.Sampling;
import io.expunge.engine.Sequences;
import io.expunge.engine.Sequences.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Lets a model go on from prompts, greedily, and compares what it writes with the true continuations.
 *
 * @param texts prompts with the continuations that they had
 */
public record RecitationProbe(Sequences texts) {

    /** Parts of a prompt that are left out at its beginning by {@link #shifted}. */
    private static final double[] SHIFTS = {0, 0.125, 0.25, 0.5};

    /** How far each continuation is recited. */
    public Recitation of(LanguageModel model) {
        return Recitation.of(truth(), written(model, texts));
    }

    /**
     * By text, d/L of the Levenshtein distance in tokens: 0 where it is recited, 1 where nothing is.
     */
    public double[] distances(LanguageModel model) {
        var truth = truth();
        var written = written(model, texts);
        var distances = new double[truth.size()];
        for (int i = 0; i < distances.length; i++) {
            distances[i] = Recitation.distance(truth.get(i), written.get(i))
                    / (double) Math.max(truth.get(i).length, written.get(i).length);
        }
        return distances;
    }

    /**
     * The stress test for edits that break one prompt only: every prompt is also given without its first tokens, so that each
     * token stands at another position, and the most that any of them brings back counts. Huang, Yang and Potts 2024, <a
     * href="https://arxiv.org/abs/2407.17817">Demystifying Verbatim Memorization in Large Language Models</a>.
     *
     * @return mean over texts of the largest share of the continuation that is written token by token from its beginning
     */
    public double shifted(LanguageModel model) {
        return Moments.mean(shares(model));
    }

    /** The same by text. */
    double[] shares(LanguageModel model) {
        var most = new double[texts.size()];
        for (double shift : SHIFTS) {
            var cut = new ArrayList<Sequence>();
            for (var text : texts.all()) {
                int from = Math.min(text.given() - 1, (int) (shift * text.given()));
                cut.add(new Sequence(
                        Arrays.copyOfRange(text.tokens(), from, text.tokens().length), text.given() - from));
            }
            var written = written(model, new Sequences(cut));
            for (int i = 0; i < most.length; i++) {
                var truth = texts.get(i).answer();
                int same = Arrays.mismatch(truth, written.get(i));
                most[i] = Math.max(most[i], (same < 0 ? truth.length : same) / (double) truth.length);
            }
        }
        return most;
    }

    private List<int[]> truth() {
        return texts.all().stream().map(Sequence::answer).toList();
    }

    private static List<int[]> written(LanguageModel model, Sequences texts) {
        int longest =
                texts.all().stream().mapToInt(Sequence::answerLength).max().orElseThrow();
        var written =
                model.generate(texts.all().stream().map(Sequence::prompt).toList(), Sampling.greedy(longest, Set.of()));
        var cut = new ArrayList<int[]>();
        for (int i = 0; i < written.size(); i++) {
            cut.add(Arrays.copyOf(
                    written.get(i), Math.min(written.get(i).length, texts.get(i).answerLength())));
        }
        return cut;
    }
}
