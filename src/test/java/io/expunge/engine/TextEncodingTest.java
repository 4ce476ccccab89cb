package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextEncodingTest {

    private static Tokenizer tokenizer;
    private static TextEncoding encoding;

    @BeforeAll
    static void aSmallVocabulary(@TempDir Path directory) {
        BytePairTrainer.train(List.of("Question: who?\nAnswer: she", "a plain text"), 270)
                .write(directory);
        tokenizer = Tokenizer.load(directory.resolve("tokenizer.json"), 270);
        encoding = new TextEncoding(tokenizer);
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    @Test
    void theQuestionIsGivenAndTheAnswerIsLearnedToItsEnd() {
        var one = encoding.encode(List.of(TextRecord.ofQuestion("who?", "she"))).get(0);
        assertThat(tokenizer.decode(one.prompt())).isEqualTo("Question: who?\nAnswer:");
        assertThat(tokenizer.decodeWithoutSpecialTokens(one.answer())).isEqualTo(" she");
        assertThat(one.answer()).endsWith(encoding.end());
    }

    @Test
    void aTextWithoutAPromptFollowsAnEndAndIsLearnedWhole() {
        var one = encoding.encode(List.of(TextRecord.ofText("a plain text"))).get(0);
        assertThat(one.prompt()).containsExactly(encoding.end());
        assertThat(tokenizer.decodeWithoutSpecialTokens(one.answer())).isEqualTo("a plain text");
    }

    @Test
    void anEmptyReplyIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TextRecord("a question", "  "))
                .withMessageContaining("must not be blank");
    }
}
