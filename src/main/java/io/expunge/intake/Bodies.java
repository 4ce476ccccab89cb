package io.expunge.intake;

import io.expunge.shared.JsonProblems;
import io.expunge.shared.Problem;
import io.expunge.shared.StorableText;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Bodies of other protocols: bounded, and whatever they have that nobody here knows is passed over. */
final class Bodies {

    static final JsonMapper LENIENT = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .addModule(StorableText.module())
            .build();

    private static final int LONGEST = 4 << 20;

    private Bodies() {}

    /** @throws Problem 413 if it is too long */
    static byte[] read(InputStream in) throws IOException {
        var raw = in.readNBytes(LONGEST + 1);
        if (raw.length > LONGEST) {
            throw new Problem(Problem.Kind.TOO_LARGE, "too-large", "the body must have at most 4 MiB");
        }
        return raw;
    }

    /** @throws Problem 400 naming the field that has another type, without its value */
    static <T> T parse(JsonMapper mapper, byte[] raw, Class<T> type) {
        try {
            var body = mapper.readValue(raw, type);
            if (body != null) {
                return body;
            }
        } catch (JacksonException e) {
            throw JsonProblems.explain(e);
        }
        throw new Problem(Problem.Kind.INVALID, "malformed-body", "the body is missing or not readable");
    }

    /** @throws Problem 400 if it is missing or blank */
    static String required(String field, @Nullable String text) {
        if (text == null || text.isBlank()) {
            throw Problem.invalid(field, "is required");
        }
        return text;
    }

    /** @throws Problem 400 if nothing of it is there */
    static <T> T required(String field, @Nullable T value) {
        if (value == null) {
            throw Problem.invalid(field, "is required");
        }
        return value;
    }

    /** @throws Problem 400 if it is longer */
    static String bounded(String field, String text, int longest) {
        if (text.length() > longest) {
            throw Problem.invalid(field, "must have at most " + longest + " characters");
        }
        return text;
    }
}
