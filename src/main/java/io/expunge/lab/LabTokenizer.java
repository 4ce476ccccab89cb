package io.expunge.lab;

import io.expunge.engine.BytePairTrainer;
import io.expunge.engine.TextRecord;
import io.expunge.engine.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;

/** A tokenizer made of an experiment's own texts. */
final class LabTokenizer {

    private LabTokenizer() {}

    static Tokenizer train(List<TextRecord> texts, int vocabulary) {
        try {
            var directory = Files.createTempDirectory("tokenizer");
            BytePairTrainer.train(
                            texts.stream()
                                    .map(text -> text.prompt() + text.reply())
                                    .toList(),
                            vocabulary)
                    .write(directory);
            var tokenizer = Tokenizer.load(directory.resolve("tokenizer.json"), vocabulary);
            try (var files = Files.list(directory)) {
                for (var file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
            return tokenizer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
