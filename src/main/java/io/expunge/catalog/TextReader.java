package io.expunge.catalog;

import io.expunge.api.TextFormat;
import io.expunge.api.TextKind;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads JSON lines, one record a line, and remembers none of them; what a fault says never repeats what a line holds. */
final class TextReader {

    private static final int MAX_LINE = 1 << 20;
    private static final int MAX_PARAPHRASES = 100;
    private static final String PARAPHRASES = "paraphrases";

    private static final JsonMapper STRICT = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final TextFormat format;
    private final PartReader part;
    private @Nullable TextKind kind;
    private int line;
    private int records;

    TextReader(TextFormat format, PartReader part) {
        this.format = format;
        this.part = part;
        this.kind = format.getKind();
    }

    /** Whether a field of this name is part of a record's text. */
    static boolean isContent(String field) {
        return List.of("question", "answer", "input", "output", "text", PARAPHRASES)
                .contains(field);
    }

    Parts.Part read(InputStream sent) throws IOException {
        var in = new BufferedInputStream(sent, 1 << 16);
        try (var texts = output(PartReader.TEXTS);
                var places = new DataOutputStream(output(PartReader.TEXT_ENDS));
                var people = output(PartReader.SUBJECTS);
                var dates = new DateFile(part.into(), format.getDate() != null)) {
            long end = 0;
            for (var bytes = next(in); bytes != null; bytes = next(in)) {
                if (blank(bytes)) {
                    continue;
                }
                var object = object(bytes);
                people.write(person(object));
                date(object, dates);
                var text = Json.write(record(object)).getBytes(StandardCharsets.UTF_8);
                texts.write(text);
                places.writeLong(end += text.length);
                part.checkCount(++records);
            }
        }
        if (records == 0) {
            throw Upload.fault("records", "holds no record");
        }
        return new Parts.Part(records, List.of(), List.of(), List.of(), kind);
    }

    /** The bytes up to the next line feed, without it; null at the end. */
    private byte @Nullable [] next(InputStream in) throws IOException {
        line++;
        var bytes = new ByteArrayOutputStream(256);
        int b = in.read();
        if (b < 0) {
            return null;
        }
        for (; b >= 0 && b != '\n'; b = in.read()) {
            if (bytes.size() == MAX_LINE) {
                throw fault("is longer than " + MAX_LINE + " bytes");
            }
            bytes.write(b);
        }
        return bytes.toByteArray();
    }

    private static boolean blank(byte[] bytes) {
        for (byte b : bytes) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    private JsonNode object(byte[] bytes) {
        try {
            var text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            var node = STRICT.readTree(text);
            if (node.isObject()) {
                return node;
            }
        } catch (CharacterCodingException e) {
            throw fault("is not UTF-8 text");
        } catch (JacksonException e) {
            // said below
        }
        throw fault("is not one JSON object");
    }

    private byte[] person(JsonNode object) {
        if (format.getSubject() == null) {
            return new byte[Pseudonym.LENGTH];
        }
        var value = object.get(format.getSubject());
        if (value == null) {
            throw fault("lacks the declared subject field");
        }
        if (value.isNull()) {
            return new byte[Pseudonym.LENGTH];
        }
        if (!(value.isString() || value.isIntegralNumber()) || value.asString().isBlank()) {
            throw fault("has no identifier in the subject field");
        }
        return part.people().of(value.asString()).bytes();
    }

    private void date(JsonNode object, DateFile dates) throws IOException {
        if (format.getDate() == null) {
            return;
        }
        var value = object.get(format.getDate());
        if (value == null) {
            throw fault("lacks the declared date field");
        }
        dates.add(value.isNull() ? "" : value.isString() ? value.asString() : "?", "line " + line, "the date field");
    }

    private TextRow record(JsonNode object) {
        var found = kind(object);
        if (kind == null) {
            kind = found;
        } else if (kind != found) {
            throw fault("is a record of kind " + found + " among records of kind " + kind);
        }
        return switch (found) {
            case QUESTION -> new TextRow(text(object, "question"), text(object, "answer"), paraphrases(object));
            case COMPLETION -> new TextRow(text(object, "input"), text(object, "output"), paraphrases(object));
            case TEXT -> {
                if (object.has(PARAPHRASES)) {
                    throw fault("has paraphrases, but a text without a question has none");
                }
                yield new TextRow("", text(object, "text"), List.of());
            }
        };
    }

    private TextKind kind(JsonNode object) {
        var all = new ArrayList<TextKind>();
        if (object.has("question") || object.has("answer")) {
            all.add(TextKind.QUESTION);
        }
        if (object.has("input") || object.has("output")) {
            all.add(TextKind.COMPLETION);
        }
        if (object.has("text")) {
            all.add(TextKind.TEXT);
        }
        if (all.size() != 1) {
            throw fault("must have either question and answer, or input and output, or text");
        }
        return all.getFirst();
    }

    private List<String> paraphrases(JsonNode object) {
        var list = object.get(PARAPHRASES);
        if (list == null || list.isNull()) {
            return List.of();
        }
        if (!list.isArray() || list.size() > MAX_PARAPHRASES) {
            throw fault("must have a list of at most " + MAX_PARAPHRASES + " texts in paraphrases");
        }
        var all = new ArrayList<String>();
        for (var one : list) {
            all.add(checked(one, PARAPHRASES));
        }
        return all;
    }

    private String text(JsonNode object, String field) {
        return checked(object.get(field), field);
    }

    private String checked(@Nullable JsonNode value, String field) {
        if (value == null || value.isNull()) {
            throw fault("lacks " + field);
        }
        if (!value.isString()) {
            throw fault("must have text in " + field);
        }
        var text = value.asString();
        if (text.isBlank()) {
            throw fault("has an empty " + field);
        }
        // half of a surrogate pair can be written as an escape, but no tokenizer reads it
        if (!StandardCharsets.UTF_16.newEncoder().canEncode(text)) {
            throw fault("has text that is not well-formed Unicode in " + field);
        }
        return text;
    }

    private io.expunge.shared.Problem fault(String reason) {
        return Upload.fault("line " + line, reason);
    }

    private OutputStream output(String name) throws IOException {
        return new BufferedOutputStream(Files.newOutputStream(part.into().resolve(name)), 1 << 16);
    }
}
