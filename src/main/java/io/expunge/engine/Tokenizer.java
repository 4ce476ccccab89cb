package io.expunge.engine;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * Text to token identifiers and back, as a {@code tokenizer.json} says. It never truncates, never pads, and needs no
 * network. Safe for use by several threads; holds native memory until closed.
 */
public final class Tokenizer implements AutoCloseable {

    private static final Map<String, String> AS_IT_IS =
            Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

    static {
        Telemetry.optOut();
        // On a machine with a GPU the library would fetch another build of itself, which does nothing better here.
        if (System.getProperty("RUST_FLAVOR") == null) {
            System.setProperty("RUST_FLAVOR", "cpu");
        }
    }

    private final HuggingFaceTokenizer library;
    private final Map<String, Integer> ids;
    private final int vocabularySize;

    private Tokenizer(HuggingFaceTokenizer library, Map<String, Integer> ids) {
        this.library = library;
        this.ids = ids;
        this.vocabularySize = Math.addExact(Collections.max(ids.values()), 1);
    }

    /**
     * Takes a tokenizer of any size.
     *
     * @throws ModelRefused if the file is no tokenizer
     */
    public static Tokenizer load(Path tokenizerJson) {
        return load(tokenizerJson, Integer.MAX_VALUE);
    }

    /**
     * Takes the tokenizer of a model.
     *
     * @param vocabularySize rows of the embedding of the model that reads the tokens
     * @throws ModelRefused if the file is no tokenizer, or one of its tokens has no row
     */
    public static Tokenizer load(Path tokenizerJson, int vocabularySize) {
        try {
            var file = tokenizerJson.toAbsolutePath();
            var json = TextFile.read(
                    Objects.requireNonNull(file.getParent()),
                    Objects.requireNonNull(file.getFileName()).toString());
            var table = TokenTable.read(json);
            table.ids().forEach((token, id) -> {
                if (id >= vocabularySize) {
                    throw new ModelRefused("tokenizer.json gives token " + token + " the identifier " + id
                            + " but the model has a vocabulary_size of " + vocabularySize);
                }
            });
            var tokenizer = new Tokenizer(library(json), table.ids());
            tokenizer.checkAdded(table.added());
            return tokenizer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HuggingFaceTokenizer library(String json) throws IOException {
        try {
            return HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), AS_IT_IS);
        } catch (RuntimeException e) {
            throw new ModelRefused("tokenizer.json cannot be used: " + e.getMessage());
        }
    }

    /** The library numbers added tokens by their place, whatever number the file gives them. */
    private void checkAdded(Map<String, Integer> added) {
        added.forEach((token, id) -> {
            if (!token.isEmpty() && Arrays.stream(encode(token)).noneMatch(given -> given == id)) {
                close();
                throw new ModelRefused("tokenizer.json gives token " + token + " the identifier " + id
                        + ", but what precedes it leaves another one to it");
            }
        });
    }

    /**
     * Identifiers of the text alone. The text of a special token, where it occurs, becomes that token.
     *
     * @throws IllegalArgumentException if the text is not well-formed Unicode
     */
    public int[] encode(String text) {
        return encode(text, false);
    }

    /** The same, with the tokens around it that the tokenizer puts there, such as one that begins a sequence. */
    public int[] encodeWithSpecialTokens(String text) {
        return encode(text, true);
    }

    private int[] encode(String text, boolean special) {
        requireWellFormed(text);
        return Arrays.stream(library.encode(text, special, false).getIds())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    /** The text of the tokens, special ones included; an identifier that is no token's adds nothing. */
    public String decode(int... ids) {
        return library.decode(Arrays.stream(ids).asLongStream().toArray(), false);
    }

    public String decodeWithoutSpecialTokens(int... ids) {
        return library.decode(Arrays.stream(ids).asLongStream().toArray(), true);
    }

    /** One more than the largest identifier. */
    public int vocabularySize() {
        return vocabularySize;
    }

    /**
     * The identifier of a token as the tokenizer writes it, such as {@code <|endoftext|>}; empty if there is no such
     * token.
     */
    public OptionalInt id(String token) {
        var id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Override
    public void close() {
        library.close();
    }

    /** Half of a surrogate pair has no bytes in UTF-8, so it would be lost on the way. */
    static void requireWellFormed(String text) {
        for (int at = 0; at < text.length(); at++) {
            if (Character.isSurrogate(text.charAt(at))) {
                if (Character.charCount(text.codePointAt(at)) == 1) {
                    throw new IllegalArgumentException("the text has half of a surrogate pair at character " + at);
                }
                at++;
            }
        }
    }
}
