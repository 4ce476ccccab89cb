package io.expunge.lab;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.expunge.engine.TextRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Questions and answers of a file of JSON lines, as TOFU's. */
final class QuestionFile {

    record Question(String question, String answer) {

        TextRecord text() {
            return TextRecord.ofQuestion(question, answer);
        }
    }

    private QuestionFile() {}

    /** @throws IllegalArgumentException naming the line that lacks a field */
    static List<Question> read(Path file) {
        try {
            var lines = Files.readAllLines(file);
            return java.util.stream.IntStream.range(0, lines.size())
                    .filter(line -> !lines.get(line).isBlank())
                    .mapToObj(line -> question(file, line, lines.get(line)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Question question(Path file, int line, String text) {
        try {
            var object = JsonParser.parseString(text).getAsJsonObject();
            return new Question(field(object, "question"), field(object, "answer"));
        } catch (JsonParseException | IllegalStateException e) {
            throw new IllegalArgumentException(
                    file.getFileName() + ", line " + (line + 1) + ": must be an object with question and answer");
        }
    }

    private static String field(JsonObject object, String name) {
        var value = object.get(name);
        if (value == null || !value.isJsonPrimitive() || value.getAsString().isBlank()) {
            throw new IllegalStateException(name);
        }
        return value.getAsString();
    }
}
