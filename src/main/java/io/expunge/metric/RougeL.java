package io.expunge.metric;

import java.util.Arrays;
import java.util.Locale;

/**
 * ROUGE-L of one text, sentence level: Lin 2004. With l the length of the longest common subsequence of words,
 *
 * <pre>precision = l/|candidate|,  recall = l/|reference|,  F1 = 2·precision·recall/(precision + recall)</pre>
 *
 * as Google's rouge-score computes it with {@code use_stemmer=True}: lower case, words of a–z and 0–9, those longer than
 * three characters stemmed. TOFU reports recall, MUSE F1. All 0 where a text has no word.
 *
 * @param precision in [0, 1]
 * @param recall in [0, 1]
 * @param f1 in [0, 1]
 */
public record RougeL(double precision, double recall, double f1) {

    private static final int STEMMED_FROM = 4;

    /**
     * Compares what a model wrote with what it was to write.
     *
     * @param reference the true text
     * @param candidate the model's
     */
    public static RougeL of(String reference, String candidate) {
        var expected = words(reference);
        var actual = words(candidate);
        int common = longestCommonSubsequence(expected, actual);
        if (common == 0) {
            return new RougeL(0, 0, 0);
        }
        double precision = common / (double) actual.length;
        double recall = common / (double) expected.length;
        return new RougeL(precision, recall, 2 * precision * recall / (precision + recall));
    }

    private static String[] words(String text) {
        return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^a-z0-9]+"))
                .filter(word -> !word.isEmpty())
                .map(word -> word.length() < STEMMED_FROM ? word : PorterStemmer.stem(word))
                .toArray(String[]::new);
    }

    private static int longestCommonSubsequence(String[] a, String[] b) {
        var above = new int[b.length + 1];
        for (var word : a) {
            int diagonal = 0;
            for (int j = 1; j <= b.length; j++) {
                int extended = diagonal + 1;
                diagonal = above[j];
                above[j] = word.equals(b[j - 1]) ? extended : Math.max(above[j], above[j - 1]);
            }
        }
        return above[b.length];
    }
}
