package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BytePairTrainerTest {

    // Identifiers of GPT-2's own vocabulary: the first visible character is 0, the space 220.
    private static final int A = 'a' - '!';
    private static final int B = 'b' - '!';
    private static final int SPACE = 220;

    @TempDir
    private Path directory;

    @Test
    void thePairThatStandsMostOftenIsMergedFirst() {
        // "ab" once, " ab" twice, " abc" once: a·b 4 times, then ␣·ab 3 times, then nothing twice.
        var learnt = BytePairTrainer.train(List.of("ab ab", "", " ab abc"), 1000);
        assertThat(learnt.merges())
                .containsExactly(new BytePairVocabulary.Merge(A, B), new BytePairVocabulary.Merge(SPACE, 256));
        assertThat(learnt.size()).isEqualTo(259);
        assertThat(learnt.endOfText()).isEqualTo(258);
        assertThat(new String(learnt.tokens().get(257), StandardCharsets.UTF_8)).isEqualTo(" ab");
    }

    @Test
    void ofPairsEquallyOftenTheSmallerIdentifiersGoFirstAndRunsMergeFromTheLeft() {
        assertThat(BytePairTrainer.train(List.of("ba", "ab", "ab", "ba"), 1000).merges())
                .containsExactly(new BytePairVocabulary.Merge(A, B), new BytePairVocabulary.Merge(B, A));
        // a·a 4 times in two pieces of aaa; they become aa·a, which stands twice.
        assertThat(BytePairTrainer.train(List.of("aaa", "aaa"), 1000).merges())
                .containsExactly(new BytePairVocabulary.Merge(A, A), new BytePairVocabulary.Merge(256, A));
    }

    @Test
    void noTokenReachesAcrossAWordAndItsNeighbours() {
        var learnt = BytePairTrainer.train(Collections.nCopies(9, "it's 2024, isn't it?!\n\n  Ünïcode"), 1000);
        assertThat(learnt.tokens().stream().map(token -> new String(token, StandardCharsets.UTF_8)))
                .contains("it", "'s", " 2024", " isn", "'t", "?!", "\n\n ", " Ünïcode")
                .noneMatch(token -> token.contains("t'") || token.contains("4,") || token.contains("t?"));
    }

    @Test
    void countsKeptUpToDateChooseAsCountsTakenAnew() {
        var random = new Random(11);
        var texts = new ArrayList<String>();
        for (int i = 0; i < 60; i++) {
            var text = new StringBuilder();
            for (int at = 0; at < 80; at++) {
                text.append("aaabbc é  ".charAt(random.nextInt(10)));
            }
            texts.add(text.toString());
        }
        var learnt = BytePairTrainer.train(texts, 420);
        assertThat(learnt.merges()).hasSizeGreaterThan(100).isEqualTo(anew(texts, 420));
        Collections.reverse(texts);
        assertThat(BytePairTrainer.train(texts, 420).merges()).isEqualTo(learnt.merges());
    }

    /** The same choice from a full recount for every merge, on lists of byte strings. */
    private static List<BytePairVocabulary.Merge> anew(List<String> texts, int size) {
        var tokens = new ArrayList<String>();
        for (int id = 0; id < 256; id++) {
            tokens.add("" + (char) Byte.toUnsignedInt(ByteAlphabet.byteOf(id)));
        }
        var pieces = new ArrayList<List<Integer>>();
        for (var text : texts) {
            for (var piece : pieces(text)) {
                pieces.add(new ArrayList<>(piece.chars()
                        .mapToObj(c -> tokens.indexOf("" + (char) c))
                        .toList()));
            }
        }
        var merges = new ArrayList<BytePairVocabulary.Merge>();
        while (tokens.size() + 1 < size) {
            Map<BytePairVocabulary.Merge, Integer> counts = new HashMap<>();
            for (var piece : pieces) {
                for (int i = 0; i + 1 < piece.size(); i++) {
                    counts.merge(new BytePairVocabulary.Merge(piece.get(i), piece.get(i + 1)), 1, Integer::sum);
                }
            }
            int most = counts.values().stream().max(Integer::compare).orElse(0);
            if (most < 2) {
                break;
            }
            var best = counts.entrySet().stream()
                    .filter(entry -> entry.getValue() == most)
                    .map(Map.Entry::getKey)
                    .min((x, y) -> x.left() == y.left() ? x.right() - y.right() : x.left() - y.left())
                    .orElseThrow();
            merges.add(best);
            var joined = tokens.get(best.left()) + tokens.get(best.right());
            if (!tokens.contains(joined)) {
                tokens.add(joined);
            }
            for (var piece : pieces) {
                for (int i = 0; i + 1 < piece.size(); i++) {
                    if (piece.get(i) == best.left() && piece.get(i + 1) == best.right()) {
                        piece.set(i, tokens.indexOf(joined));
                        piece.remove(i + 1);
                    }
                }
            }
        }
        return merges;
    }

    private static final List<String> TEXTS = List.of(
            "The quick brown fox, the lazy dog; the end.",
            "  leading, trailing   and\tinner \u00a0 space  ",
            "line\nline\r\n\r\n  indented\n",
            "Don't, we'll, I've, you're, she'd, 'tis, it's'",
            "naïve Ångström ÄÖÜß e\u0301 ﬁ",
            "漢字かな交じり文。한국어 العربية हिन्दी ไทย",
            "👩‍👩‍👧‍👦 🇩🇪 🏴󠁧󠁢󠁥󠁮󠁧󠁿 👍🏽",
            "12345 3.14 ½ ² Ⅷ ٣",
            "\0\u0001\u007f\u0085\u2028\u2029\u200b\ufeff\ufffd\ue000",
            "\ud800\udc00 \udbff\udfff",
            "<|endo ftext|> <||>",
            " ",
            "");

    @Test
    void theLibraryReadsWhatTheTrainerWroteAndEncodesLikeMergingByRank() {
        var training = new ArrayList<String>();
        for (int i = 0; i < 3; i++) {
            training.addAll(TEXTS);
        }
        var learnt = BytePairTrainer.train(training, 600);
        learnt.write(directory);
        try (var tokenizer = Tokenizer.load(directory.resolve("tokenizer.json"), learnt.size())) {
            assertThat(tokenizer.vocabularySize()).isEqualTo(learnt.size());
            assertThat(tokenizer.id("<|endoftext|>")).hasValue(learnt.endOfText());
            var texts = new ArrayList<>(TEXTS);
            var random = new Random(5);
            for (int i = 0; i < 200; i++) {
                texts.add(random.ints(60, 0, 0x3000)
                        .filter(Character::isDefined)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString());
            }
            for (var text : texts) {
                assertThat(tokenizer.encode(text)).as(text).isEqualTo(byRank(learnt, text));
                assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
            }
        }
    }

    private static int[] byRank(BytePairVocabulary vocabulary, String text) {
        var tokens = vocabulary.tokens().stream()
                .map(token -> new String(token, StandardCharsets.ISO_8859_1))
                .toList();
        var ids = new ArrayList<Integer>();
        for (var piece : pieces(text)) {
            var parts = new ArrayList<>(List.of(piece.split("")));
            for (var merge : vocabulary.merges()) {
                for (int i = 0; i + 1 < parts.size(); i++) {
                    if (parts.get(i).equals(tokens.get(merge.left()))
                            && parts.get(i + 1).equals(tokens.get(merge.right()))) {
                        parts.set(i, parts.get(i) + parts.remove(i + 1));
                    }
                }
            }
            parts.forEach(part -> ids.add(tokens.indexOf(part)));
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Pieces of a text as strings of one character for each byte. */
    private static List<String> pieces(String text) {
        return BytePairTrainer.PIECE
                .matcher(text)
                .results()
                .map(piece -> new String(piece.group().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1))
                .toList();
    }

    @Test
    void theSameTextsGiveTheSameFiles() throws Exception {
        BytePairTrainer.train(TEXTS, 300).write(directory);
        var tokenizer = Files.readAllBytes(directory.resolve("tokenizer.json"));
        var settings = Files.readString(directory.resolve("tokenizer_config.json"));
        BytePairTrainer.train(TEXTS.reversed(), 300).write(directory);
        assertThat(Files.readAllBytes(directory.resolve("tokenizer.json"))).isEqualTo(tokenizer);
        assertThat(settings).contains("\"eos_token\": \"<|endoftext|>\"");
    }

    @ParameterizedTest
    @ValueSource(ints = {256, 1 << 21})
    void sizesThatCannotBeAreRefused(int size) {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> BytePairTrainer.train(TEXTS, size))
                .withMessageContaining("vocabularySize");
    }
}
