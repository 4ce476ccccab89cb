package io.expunge.metric;

import java.util.List;

/**
 * How far a language model recites texts: given a prefix, it writes greedily and its tokens are compared with the true
 * continuation. Merullo et al. 2025, <a href="https://arxiv.org/abs/2510.24256">paper</a>.
 *
 * @param strict share of texts recited token by token: d = 0
 * @param loose share of texts with 1 − d/L ≥ ¾
 * @param levenshtein mean of d/L, in [0, 1]; d is the Levenshtein distance in tokens, L the longer one's length (in the
 *     paper both are 48)
 */
public record Recitation(double strict, double loose, double levenshtein) {

    private static final double LOOSE = 0.75;

    /**
     * Compares continuations text by text.
     *
     * @param truth token numbers of the true continuations
     * @param written token numbers of what the model wrote, in the same order
     * @throws IllegalArgumentException if there is no text, their numbers differ or a true continuation is empty
     */
    public static Recitation of(List<int[]> truth, List<int[]> written) {
        Require.filled("truth", truth.size());
        Require.sameLength("truth", truth.size(), "written", written.size());
        double strict = 0;
        double loose = 0;
        double levenshtein = 0;
        for (int i = 0; i < truth.size(); i++) {
            var expected = truth.get(i);
            var actual = written.get(i);
            Require.filled("truth[" + i + "]", expected.length);
            int distance = distance(expected, actual);
            double share = distance / (double) Math.max(expected.length, actual.length);
            strict += distance == 0 ? 1 : 0;
            loose += 1 - share >= LOOSE ? 1 : 0;
            levenshtein += share;
        }
        int texts = truth.size();
        return new Recitation(strict / texts, loose / texts, levenshtein / texts);
    }

    /** Levenshtein 1966: the fewest insertions, deletions and replacements of tokens that make one the other. */
    public static int distance(int[] one, int[] other) {
        var above = new int[other.length + 1];
        for (int j = 0; j <= other.length; j++) {
            above[j] = j;
        }
        for (int i = 1; i <= one.length; i++) {
            int diagonal = above[0];
            above[0] = i;
            for (int j = 1; j <= other.length; j++) {
                int replaced = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = above[j];
                above[j] = Math.min(replaced, 1 + Math.min(above[j], above[j - 1]));
            }
        }
        return above[other.length];
    }
}
