package io.expunge.influence;

import io.expunge.engine.LanguageModel;
import io.expunge.engine.Sequences;
import io.expunge.engine.Sequences.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Windows of texts that a model recites: after the first {@code prefix} tokens each of the next {@code suffix} tokens is its
 * likeliest. Merullo et al. 2025, §4, <a href="https://arxiv.org/abs/2510.24256">paper</a>, with 64 and 48.
 *
 * @param prefix tokens that are given, at least 1
 * @param suffix tokens that are to be recited, at least 1
 */
public record MemorisedWindows(int prefix, int suffix) {

    /** The paper's. */
    public static final MemorisedWindows PUBLISHED = new MemorisedWindows(64, 48);

    /**
     * Where a window stands.
     *
     * @param text number of the text
     * @param from its first token
     * @param tokens prefix and suffix; not in its textual form
     */
    public record Window(int text, int from, int[] tokens) {

        @Override
        public String toString() {
            return "window of text " + text + " from token " + from;
        }
    }

    /** What is told of a search under way and asked whether to go on. */
    @FunctionalInterface
    public interface Progress {
        /** Called after every some hundred texts. */
        void searched(int texts, int all);
    }

    private static final int AT_ONCE = 256;

    public MemorisedWindows {
        if (prefix < 1 || suffix < 1) {
            throw new IllegalArgumentException(
                    "prefix and suffix must be at least 1 but were " + prefix + " and " + suffix);
        }
    }

    /** How many tokens a window has. */
    public int length() {
        return prefix + suffix;
    }

    /**
     * Finds windows that do not overlap within a text and of which no two hold the same tokens. One pass over each text, with
     * all of it before each token, tells where windows may be; of these one in half a suffix is then asked about by itself.
     *
     * @param most windows that are looked for; the search ends with them
     */
    public List<Window> find(LanguageModel model, Sequences texts, int most, Progress progress) {
        var found = new ArrayList<Window>();
        var seen = new HashSet<List<Integer>>();
        for (int from = 0; from < texts.size() && found.size() < most; from += AT_ONCE) {
            int to = Math.min(texts.size(), from + AT_ONCE);
            var likely = likely(model, texts, from, to);
            var confirmed = recited(model, likely);
            int free = 0;
            int text = -1;
            for (int i = 0; i < likely.size() && found.size() < most; i++) {
                var window = likely.get(i);
                free = window.text() == text ? free : 0;
                text = window.text();
                if (confirmed[i]
                        && window.from() >= free
                        && seen.add(IntStream.of(window.tokens()).boxed().toList())) {
                    found.add(window);
                    free = window.from() + length();
                }
            }
            progress.searched(to, texts.size());
        }
        return List.copyOf(found);
    }

    private List<Window> likely(LanguageModel model, Sequences texts, int from, int to) {
        var rows = IntStream.range(from, to)
                .filter(row -> texts.get(row).tokens().length >= length())
                .toArray();
        if (rows.length == 0) {
            return List.of();
        }
        var whole = new Sequences(IntStream.of(rows)
                .mapToObj(row -> new Sequence(texts.get(row).tokens(), 1))
                .toList());
        var scores = model.score(whole);
        var likely = new ArrayList<Window>();
        for (int i = 0; i < rows.length; i++) {
            var right = scores.get(i).right(); // of token 1, 2, …
            int run = 0;
            int next = 0;
            for (int at = 0; at < right.length; at++) {
                run = right[at] ? run + 1 : 0;
                int begin = at + 2 - length();
                if (run < suffix) {
                    next = 0;
                } else if (begin >= next) {
                    likely.add(new Window(
                            rows[i], begin, Arrays.copyOfRange(whole.get(i).tokens(), begin, at + 2)));
                    next = begin + Math.max(1, suffix / 2);
                }
            }
        }
        return likely;
    }

    /** Whether the model recites each window. */
    public boolean[] recited(LanguageModel model, List<Window> windows) {
        var recited = new boolean[windows.size()];
        if (windows.isEmpty()) {
            return recited;
        }
        var scores = model.score(sequences(windows));
        for (int i = 0; i < recited.length; i++) {
            recited[i] = true;
            for (boolean right : scores.get(i).right()) {
                recited[i] &= right;
            }
        }
        return recited;
    }

    /** The windows with their prefixes given. */
    public Sequences sequences(List<Window> windows) {
        return new Sequences(windows.stream()
                .map(window -> new Sequence(window.tokens(), prefix))
                .toList());
    }
}
