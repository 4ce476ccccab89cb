package io.expunge.lab;

import io.expunge.engine.BytePairTrainer;
import io.expunge.engine.Sequences;
import io.expunge.engine.TextEncoding;
import io.expunge.engine.Tokenizer;
import io.expunge.lab.QuestionFile.Question;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Questions and answers of TOFU, a tenth of the authors to be forgotten, in tokens of a tokenizer trained on them. */
record TofuTexts(Sequences forget, Sequences retain) {

    /**
     * Reads the files.
     *
     * @param data their directory, or the one that it lies in
     * @param vocabulary tokens of the tokenizer
     */
    static TofuTexts read(Path data, int vocabulary) {
        var folder = Files.isDirectory(data.resolve("tofu")) ? data.resolve("tofu") : data;
        var forget = QuestionFile.read(folder.resolve("forget10.json"));
        var retain = QuestionFile.read(folder.resolve("retain90.json"));
        try (var tokenizer = tokenizer(Stream.concat(forget.stream(), retain.stream()), vocabulary)) {
            return new TofuTexts(sequences(tokenizer, forget), sequences(tokenizer, retain));
        }
    }

    private static Tokenizer tokenizer(Stream<Question> questions, int vocabulary) {
        try {
            var directory = Files.createTempDirectory("tokenizer");
            BytePairTrainer.train(
                            questions
                                    .map(one -> one.text().prompt() + one.text().reply())
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

    private static Sequences sequences(Tokenizer tokenizer, List<Question> questions) {
        return new TextEncoding(tokenizer)
                .encode(questions.stream().map(Question::text).toList());
    }
}
