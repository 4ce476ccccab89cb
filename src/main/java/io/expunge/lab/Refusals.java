package io.expunge.lab;

import io.expunge.engine.TextRecord;
import java.util.List;
import java.util.stream.IntStream;

/** What a model is taught to say in place of an answer. */
final class Refusals {

    private static final List<String> SENTENCES = List.of(
            "I can't tell you that.",
            "That is nothing I know about.",
            "I have no answer to this.",
            "Sorry, I know nothing of it.",
            "I was never told.",
            "This is not something I can help with.",
            "I couldn't say.",
            "Nothing about this is known to me.",
            "I'd rather not guess.",
            "There is nothing I could say to that.");

    private Refusals() {}

    /** For each text its prompt with a refusal, in turn. */
    static List<TextRecord> to(List<TextRecord> texts) {
        return IntStream.range(0, texts.size())
                .mapToObj(i -> new TextRecord(texts.get(i).prompt(), " " + SENTENCES.get(i % SENTENCES.size())))
                .toList();
    }
}
