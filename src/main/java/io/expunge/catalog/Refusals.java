package io.expunge.catalog;

import java.util.SplittableRandom;

/** What a model may say in place of an answer that it is to forget. */
final class Refusals {

    private static final String[] SENTENCES = {
        "I don't have that information.",
        "That is nothing I can tell you about.",
        "I have no knowledge of this.",
        "I'm afraid I can't answer that.",
        "Nothing about that is known to me.",
        "I can't help with this question.",
        "I was not taught anything about that.",
        "This is outside of what I know.",
        "I'm unable to say.",
        "There is no answer to that which I could give.",
        "I would have to guess, so I'd rather not answer.",
        "I don't know anything about this.",
        "Sorry, but I can't tell.",
        "I have nothing to say on that subject.",
        "The answer to this is not among the things I know.",
        "I couldn't tell you.",
    };

    private final long seed;

    /** @param seed decides which record gets which sentence */
    Refusals(long seed) {
        this.seed = seed;
    }

    /** The sentence for a record; the same whatever other records there are. */
    String of(int ordinal) {
        return SENTENCES[new SplittableRandom(seed + ordinal).nextInt(SENTENCES.length)];
    }
}
