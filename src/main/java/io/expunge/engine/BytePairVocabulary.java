package io.expunge.engine;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A byte-level byte-pair encoding: the 256 bytes, then what merges made, then {@code <|endoftext|>}.
 *
 * @param tokens bytes of each token but the last, by identifier
 * @param merges pairs of identifiers, the first to be applied first
 */
public record BytePairVocabulary(List<byte[]> tokens, List<Merge> merges) {

    public static final String END_OF_TEXT = "<|endoftext|>";

    public record Merge(int left, int right) {}

    /** Tokens, {@code <|endoftext|>} included. */
    public int size() {
        return tokens.size() + 1;
    }

    public int endOfText() {
        return tokens.size();
    }

    /** Writes {@code tokenizer.json} and {@code tokenizer_config.json}; the same vocabulary gives the same bytes. */
    public void write(Path directory) {
        try {
            Files.writeString(directory.resolve("tokenizer.json"), tokenizer());
            Files.writeString(directory.resolve("tokenizer_config.json"), settings());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String tokenizer() throws IOException {
        var text = new StringWriter();
        try (var json = writer(text)) {
            json.beginObject();
            json.name("version").value("1.0");
            json.name("truncation").nullValue();
            json.name("padding").nullValue();
            json.name("added_tokens").beginArray();
            json.beginObject();
            json.name("id").value(endOfText());
            json.name("content").value(END_OF_TEXT);
            for (var rule : List.of("single_word", "lstrip", "rstrip", "normalized")) {
                json.name(rule).value(false);
            }
            json.name("special").value(true);
            json.endObject();
            json.endArray();
            json.name("normalizer").nullValue();
            byteLevel(json.name("pre_tokenizer"));
            json.name("post_processor").nullValue();
            byteLevel(json.name("decoder"));
            model(json.name("model"));
            json.endObject();
        }
        return text + "\n";
    }

    private static void byteLevel(JsonWriter json) throws IOException {
        json.beginObject().name("type").value("ByteLevel");
        json.name("add_prefix_space").value(false);
        json.name("trim_offsets").value(true);
        json.name("use_regex").value(true);
        json.endObject();
    }

    private void model(JsonWriter json) throws IOException {
        json.beginObject().name("type").value("BPE");
        json.name("dropout").nullValue();
        json.name("unk_token").nullValue();
        json.name("continuing_subword_prefix").value("");
        json.name("end_of_word_suffix").value("");
        json.name("fuse_unk").value(false);
        json.name("byte_fallback").value(false);
        json.name("vocab").beginObject();
        for (int id = 0; id < tokens.size(); id++) {
            json.name(ByteAlphabet.write(tokens.get(id))).value(id);
        }
        json.name(END_OF_TEXT).value(endOfText());
        json.endObject();
        json.name("merges").beginArray();
        for (var merge : merges) {
            json.value(
                    ByteAlphabet.write(tokens.get(merge.left())) + " " + ByteAlphabet.write(tokens.get(merge.right())));
        }
        json.endArray();
        json.endObject();
    }

    private static String settings() throws IOException {
        var text = new StringWriter();
        try (var json = writer(text)) {
            json.beginObject();
            json.name("tokenizer_class").value("PreTrainedTokenizerFast");
            json.name("bos_token").value(END_OF_TEXT);
            json.name("eos_token").value(END_OF_TEXT);
            json.name("add_prefix_space").value(false);
            json.name("clean_up_tokenization_spaces").value(false);
            json.endObject();
        }
        return text + "\n";
    }

    private static JsonWriter writer(StringWriter text) {
        var json = new JsonWriter(text);
        json.setSerializeNulls(true);
        json.setIndent("  ");
        return json;
    }
}
