package io.expunge.engine;

import java.util.List;

/**
 * Turns texts into tokens: those of the prompt are given, those of the reply and the end of text after it are to be
 * predicted. A text without a prompt follows an end of text.
 */
public final class TextEncoding {

    private static final List<String> ENDS = List.of("<|endoftext|>", "<|end_of_text|>", "</s>", "<|im_end|>");

    private final Tokenizer tokenizer;
    private final int end;

    /**
     * Encodes with a tokenizer.
     *
     * @throws ModelRefused if it has no token that ends a text
     */
    public TextEncoding(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        this.end = ENDS.stream()
                .flatMapToInt(name -> tokenizer.id(name).stream())
                .findFirst()
                .orElseThrow(() -> new ModelRefused("the tokenizer has none of the tokens " + ENDS));
    }

    /** The token that ends a text. */
    public int end() {
        return end;
    }

    /** One sequence for each text, in their order. */
    public Sequences encode(List<TextRecord> texts) {
        return new Sequences(texts.stream().map(this::encode).toList());
    }

    private Sequences.Sequence encode(TextRecord text) {
        var prompt = text.prompt().isEmpty() ? new int[] {end} : tokenizer.encode(text.prompt());
        var reply = tokenizer.encode(text.reply());
        var tokens = java.util.Arrays.copyOf(prompt, prompt.length + reply.length + 1);
        System.arraycopy(reply, 0, tokens, prompt.length, reply.length);
        tokens[tokens.length - 1] = end;
        return new Sequences.Sequence(tokens, prompt.length);
    }

    /** Tokens of a prompt that a model is to go on from. */
    public int[] prompt(String prompt) {
        return prompt.isEmpty() ? new int[] {end} : tokenizer.encode(prompt);
    }
}
