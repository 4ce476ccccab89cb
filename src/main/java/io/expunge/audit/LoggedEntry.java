package io.expunge.audit;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;

/** An entry as the bytes of its leaf tell it; the opposite of {@link Canonical#bytes}. */
public record LoggedEntry(
        long index,
        UUID id,
        Instant at,
        UUID subjectId,
        String actor,
        String action,
        String subjectType,
        Map<?, ?> details) {

    private static final Gson JSON = new Gson();
    private static final int LONGEST = 1 << 20;

    /**
     * Reads the bytes.
     *
     * @throws IllegalArgumentException if they are of no entry
     */
    public static LoggedEntry parse(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            long index = in.readLong();
            var id = new UUID(in.readLong(), in.readLong());
            in.skipNBytes(2L * Long.BYTES); // the controller, who is nobody's business
            var at = Instant.EPOCH.plus(in.readLong(), ChronoUnit.MICROS);
            var subject = new UUID(in.readLong(), in.readLong());
            var actor = text(in);
            var action = text(in);
            var type = text(in);
            var details = JSON.fromJson(text(in), Map.class);
            if (in.available() > 0) {
                throw new IllegalArgumentException("more follows the entry");
            }
            return new LoggedEntry(index, id, at, subject, actor, action, type, details);
        } catch (IOException | JsonParseException e) {
            throw new IllegalArgumentException("the bytes are of no entry", e);
        }
    }

    private static String text(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > LONGEST) {
            throw new IOException("impossible length");
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
}
