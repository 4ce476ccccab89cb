package io.expunge.engine;

/**
 * One text of a training set.
 *
 * @param prompt what is given; empty where all of the text is learned
 * @param reply what is to be said; not blank
 */
public record TextRecord(String prompt, String reply) {

    public TextRecord {
        if (reply.isBlank()) {
            throw new IllegalArgumentException("a text to be learned must not be blank");
        }
    }

    /** A question with its answer, in the form in which models read them here. */
    public static TextRecord ofQuestion(String question, String answer) {
        return new TextRecord("Question: " + question + "\nAnswer:", " " + answer);
    }

    /** A text with nothing given. */
    public static TextRecord ofText(String text) {
        return new TextRecord("", text);
    }
}
