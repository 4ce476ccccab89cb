package io.expunge.engine;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Learns a byte-level byte-pair encoding: Sennrich, Haddow and Birch 2016, <a
 * href="https://arxiv.org/abs/1508.07909">paper</a>, over the bytes and pieces of GPT-2. The pair that stands most often
 * beside itself becomes a token, again and again; of pairs equally often the one with the smaller identifiers, left
 * before right. A pair seen once is never taken: a token of its own would tell one record's text.
 */
public final class BytePairTrainer {

    /** How GPT-2 cuts text before it merges; no token reaches across a cut. */
    static final Pattern PIECE = Pattern.compile(
            "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            Pattern.UNICODE_CHARACTER_CLASS);

    private static final int SMALLEST = ByteAlphabet.SIZE + 1;
    private static final int LARGEST = 1 << 20;
    private static final long FEWEST = 2;

    private record Pair(int left, int right) {}

    private record Candidate(long count, Pair pair) {}

    /** A piece of text that occurs {@code count} times, as the tokens it consists of so far. */
    private static final class Piece {
        private final long count;
        private int[] tokens;

        private Piece(byte[] bytes, long count) {
            this.count = count;
            this.tokens = new int[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                tokens[i] = ByteAlphabet.idOf(bytes[i]);
            }
        }
    }

    private final Map<Pair, Long> counts = new HashMap<>();
    private final Map<Pair, List<Piece>> places = new HashMap<>();
    /** Every pair with its count or, until it comes to the head, an older one. */
    private final PriorityQueue<Candidate> queue = new PriorityQueue<>(Comparator.comparingLong(Candidate::count)
            .reversed()
            .thenComparingInt(candidate -> candidate.pair().left())
            .thenComparingInt(candidate -> candidate.pair().right()));

    private final List<byte[]> tokens = new ArrayList<>();
    private final List<BytePairVocabulary.Merge> merges = new ArrayList<>();
    private final Map<String, Integer> idOf = new HashMap<>();

    private BytePairTrainer(Iterable<String> texts) {
        for (int id = 0; id < ByteAlphabet.SIZE; id++) {
            add(new byte[] {ByteAlphabet.byteOf(id)});
        }
        pieces(texts).forEach((text, count) -> {
            var piece = new Piece(text.getBytes(StandardCharsets.UTF_8), count);
            for (int i = 0; i + 1 < piece.tokens.length; i++) {
                var pair = new Pair(piece.tokens[i], piece.tokens[i + 1]);
                counts.merge(pair, count, Long::sum);
                place(pair, piece);
            }
        });
        counts.forEach((pair, count) -> queue.add(new Candidate(count, pair)));
    }

    /**
     * Learns from texts alone; the same texts, in any order, give the same vocabulary.
     *
     * @param texts well-formed Unicode
     * @param vocabularySize tokens wanted, the 256 bytes and the end of text included; there are fewer if the texts
     *     hold no more pairs that occur twice
     */
    public static BytePairVocabulary train(Iterable<String> texts, int vocabularySize) {
        Require.atLeast("vocabularySize", vocabularySize, SMALLEST);
        Require.atMost("vocabularySize", vocabularySize, LARGEST);
        return new BytePairTrainer(texts).train(vocabularySize);
    }

    private static Map<String, Long> pieces(Iterable<String> texts) {
        Map<String, Long> pieces = new HashMap<>();
        for (var text : texts) {
            Tokenizer.requireWellFormed(text);
            var matcher = PIECE.matcher(text);
            while (matcher.find()) {
                pieces.merge(matcher.group(), 1L, Long::sum);
            }
        }
        return pieces;
    }

    private BytePairVocabulary train(int vocabularySize) {
        while (tokens.size() + 1 < vocabularySize) {
            var next = queue.poll();
            if (next == null) {
                break;
            }
            long count = counts.getOrDefault(next.pair(), 0L);
            if (count < FEWEST || count > next.count()) {
                continue;
            }
            if (count < next.count()) {
                queue.add(new Candidate(count, next.pair()));
            } else {
                merge(next.pair());
            }
        }
        return new BytePairVocabulary(List.copyOf(tokens), List.copyOf(merges));
    }

    private void merge(Pair pair) {
        merges.add(new BytePairVocabulary.Merge(pair.left(), pair.right()));
        int merged = add(concatenated(tokens.get(pair.left()), tokens.get(pair.right())));
        Set<Pair> born = new HashSet<>();
        for (var piece : Objects.requireNonNull(places.remove(pair))) {
            var before = piece.tokens;
            var after = merged(before, pair, merged);
            if (after.length == before.length) {
                continue;
            }
            for (int i = 0; i + 1 < before.length; i++) {
                counts.computeIfPresent(new Pair(before[i], before[i + 1]), (key, sum) -> sum - piece.count);
            }
            for (int i = 0; i + 1 < after.length; i++) {
                var beside = new Pair(after[i], after[i + 1]);
                counts.merge(beside, piece.count, Long::sum);
                if (after[i] == merged || after[i + 1] == merged) {
                    place(beside, piece);
                    born.add(beside);
                }
            }
            piece.tokens = after;
        }
        counts.remove(pair);
        born.forEach(beside -> queue.add(new Candidate(counts.getOrDefault(beside, 0L), beside)));
    }

    private void place(Pair pair, Piece piece) {
        var list = places.computeIfAbsent(pair, key -> new ArrayList<>());
        if (list.isEmpty() || list.getLast() != piece) {
            list.add(piece);
        }
    }

    /** Two ways of merging may spell the same token; it has one identifier. */
    private int add(byte[] token) {
        return idOf.computeIfAbsent(ByteAlphabet.write(token), key -> {
            tokens.add(token);
            return tokens.size() - 1;
        });
    }

    private static byte[] concatenated(byte[] left, byte[] right) {
        var both = new byte[left.length + right.length];
        System.arraycopy(left, 0, both, 0, left.length);
        System.arraycopy(right, 0, both, left.length, right.length);
        return both;
    }

    /** Replaces the pair from left to right, so of three equal tokens in a row the first two merge. */
    private static int[] merged(int[] tokens, Pair pair, int merged) {
        var after = new int[tokens.length];
        int length = 0;
        for (int i = 0; i < tokens.length; i++) {
            boolean here = i + 1 < tokens.length && tokens[i] == pair.left() && tokens[i + 1] == pair.right();
            after[length++] = here ? merged : tokens[i];
            i += here ? 1 : 0;
        }
        return Arrays.copyOf(after, length);
    }
}
