package io.expunge.lab;

import io.expunge.engine.Sequences;
import io.expunge.engine.TextEncoding;
import io.expunge.engine.TextRecord;
import io.expunge.lab.QuestionFile.Question;
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
        var forget = texts(folder.resolve("forget10.json"));
        var retain = texts(folder.resolve("retain90.json"));
        var all = Stream.concat(forget.stream(), retain.stream()).toList();
        try (var tokenizer = LabTokenizer.train(all, vocabulary)) {
            var encoding = new TextEncoding(tokenizer);
            return new TofuTexts(encoding.encode(forget), encoding.encode(retain));
        }
    }

    private static List<TextRecord> texts(Path file) {
        return QuestionFile.read(file).stream().map(Question::text).toList();
    }
}
