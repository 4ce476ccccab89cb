package io.expunge.metric;

import io.expunge.engine.LanguageModel;
import io.expunge.engine.Sequences;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How far an edited model ranks next tokens as its parent does: the mean over places of
 *
 * <pre>nDCG@K = Σ_{r=1}^{K} gain(token r of the edited model) / log₂(r + 1)  /  Σ_{r=1}^{K} (K − r + 1) / log₂(r + 1)</pre>
 *
 * with gain K − q + 1 for the parent's token number q, 0 for one that is not among its K likeliest. Järvelin and Kekäläinen
 * 2002; used so by Merullo et al. 2025, <a href="https://arxiv.org/abs/2510.24256">paper</a>.
 */
public final class NextTokenRanking {

    private static final int K = 10;

    private NextTokenRanking() {}

    /** The parent's side, which {@link #of} compares others with. */
    public static List<int[]> base(LanguageModel parent, Sequences texts) {
        return parent.likeliest(texts, depth(parent));
    }

    /** In [0, 1]; 1 where every place has the same order. */
    public static double of(List<int[]> base, LanguageModel edited, Sequences texts) {
        return of(base, edited.likeliest(texts, depth(edited)), depth(edited));
    }

    /** By text; a text counts as one, however long it is. */
    static double[] byText(List<int[]> base, LanguageModel edited, Sequences texts) {
        int depth = depth(edited);
        var theirs = edited.likeliest(texts, depth);
        return IntStream.range(0, base.size())
                .mapToDouble(i -> of(List.of(base.get(i)), List.of(theirs.get(i)), depth))
                .toArray();
    }

    private static int depth(LanguageModel model) {
        return Math.min(K, model.decoder().vocabulary());
    }

    /**
     * Of rankings by text, place after place.
     *
     * @param depth tokens of each place
     * @throws IllegalArgumentException if there is no place, or their numbers differ
     */
    static double of(List<int[]> base, List<int[]> edited, int depth) {
        Require.filled("base", base.size());
        Require.sameLength("base", base.size(), "edited", edited.size());
        double ideal = 0;
        for (int rank = 0; rank < depth; rank++) {
            ideal += (depth - rank) / log2(rank + 2);
        }
        double sum = 0;
        long places = 0;
        for (int text = 0; text < base.size(); text++) {
            Require.sameLength("base", base.get(text).length, "edited", edited.get(text).length);
            for (int from = 0; from < base.get(text).length; from += depth) {
                sum += gain(base.get(text), edited.get(text), from, depth) / ideal;
                places++;
            }
        }
        return sum / places;
    }

    private static double gain(int[] base, int[] edited, int from, int depth) {
        double gain = 0;
        for (int rank = 0; rank < depth; rank++) {
            for (int at = 0; at < depth; at++) {
                if (base[from + at] == edited[from + rank]) {
                    gain += (depth - at) / log2(rank + 2);
                }
            }
        }
        return gain;
    }

    private static double log2(int x) {
        return Math.log(x) / Math.log(2);
    }
}
