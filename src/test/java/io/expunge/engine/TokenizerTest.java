package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {

    /** Written by hand: words of a, b and c; a template that begins and ends a sequence; truncation to 4 tokens. */
    private static final String WORDS = """
            {"version": "1.0",
             "truncation": {"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0},
             "padding": {"strategy": {"Fixed": 9}, "direction": "Right", "pad_to_multiple_of": null, "pad_id": 0,
                         "pad_type_id": 0, "pad_token": "<unk>"},
             "added_tokens": [
              {"id": 4, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
               "normalized": false, "special": true},
              {"id": 5, "content": "</s>", "single_word": false, "lstrip": false, "rstrip": false,
               "normalized": false, "special": true}],
             "normalizer": null,
             "pre_tokenizer": {"type": "Whitespace"},
             "post_processor": {"type": "TemplateProcessing",
               "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                          {"SpecialToken": {"id": "</s>", "type_id": 0}}],
               "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
               "special_tokens": {"<s>": {"id": "<s>", "ids": [4], "tokens": ["<s>"]},
                                  "</s>": {"id": "</s>", "ids": [5], "tokens": ["</s>"]}}},
             "decoder": null,
             "model": {"type": "WordLevel", "unk_token": "<unk>", "vocab": {"<unk>": 0, "a": 1, "b": 2, "c": 3}}}
            """;

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void byHand() throws Exception {
        file = Files.writeString(directory.resolve("tokenizer.json"), WORDS);
    }

    @Test
    void specialTokensAreAddedWhenAskedForAndNothingIsCutOrPadded() {
        try (var tokenizer = Tokenizer.load(file)) {
            assertThat(tokenizer.encode("a b c c b a z")).containsExactly(1, 2, 3, 3, 2, 1, 0);
            assertThat(tokenizer.encodeWithSpecialTokens("a b c c b a z")).containsExactly(4, 1, 2, 3, 3, 2, 1, 0, 5);
            assertThat(tokenizer.encode("a</s>b")).containsExactly(1, 5, 2);
            assertThat(tokenizer.encode("")).isEmpty();
            assertThat(tokenizer.decode(4, 1, 2, 5)).isEqualTo("<s> a b </s>");
            assertThat(tokenizer.decodeWithoutSpecialTokens(4, 1, 2, 5)).isEqualTo("a b");
            assertThat(tokenizer.decode(1, 99, 2)).isEqualTo("a b");
        }
    }

    @Test
    void identifiersAreFoundByTokenAndTheLargestSetsTheSize() {
        try (var tokenizer = Tokenizer.load(file)) {
            assertThat(tokenizer.vocabularySize()).isEqualTo(6);
            assertThat(tokenizer.id("</s>")).hasValue(5);
            assertThat(tokenizer.id("c")).hasValue(3);
            assertThat(tokenizer.id("<|endoftext|>")).isEmpty();
        }
    }

    @Test
    void aTokenWithoutARowInTheModelIsRefused() {
        Tokenizer.load(file, 6).close();
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> Tokenizer.load(file, 5))
                .withMessageContaining("</s>")
                .withMessageContaining("vocabulary_size of 5");
    }

    @Test
    void anIdentifierThatEncodingWouldNotGiveIsRefused() throws Exception {
        Files.writeString(file, WORDS.replace("\"id\": 5", "\"id\": 7"));
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> Tokenizer.load(file))
                .withMessageContaining("token </s>")
                .withMessageContaining("7");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": -1}, \"merges\": []}}",
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [\"a b\"]}}",
                "{\"model\": {\"type\": \"Nothing\", \"vocab\": {\"a\": 0}}}",
            })
    void aFileThatIsNoTokenizerIsRefused(String json) throws Exception {
        Files.writeString(file, json);
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> Tokenizer.load(file))
                .withMessageStartingWith("tokenizer.json");
    }

    @Test
    void halfASurrogatePairIsRefusedBecauseItHasNoBytes() {
        try (var tokenizer = Tokenizer.load(file)) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> tokenizer.encode("a \ud83d b"))
                    .withMessageContaining("character 2");
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> tokenizer.encode("a\ude00"))
                    .withMessageContaining("character 1");
            assertThat(tokenizer.encode("a \ud83d\ude00")).containsExactly(1, 0);
        }
    }
}
