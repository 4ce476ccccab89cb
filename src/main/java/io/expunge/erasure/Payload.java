package io.expunge.erasure;

import io.expunge.keys.Envelope;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a request said in its own words: the only place where identifiers are kept, and only encrypted.
 *
 * @param subjects identifiers as they were received
 * @param externalId the caller's own name for the request
 * @param reply what the adapter that took the request needs to answer it, such as a token; opaque to everybody else
 */
record Payload(
        List<String> subjects,
        @Nullable String externalId,
        @Nullable String reply) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    Envelope.Sealed seal(Envelope envelope, UUID request) {
        return envelope.seal(JSON.writeValueAsBytes(this), context(request));
    }

    static Payload open(Envelope envelope, Envelope.Sealed sealed, UUID request) {
        return JSON.readValue(envelope.open(sealed, context(request)), Payload.class);
    }

    /** A payload opens for no other request than its own. */
    static byte[] context(UUID request) {
        return ByteBuffer.allocate(16)
                .putLong(request.getMostSignificantBits())
                .putLong(request.getLeastSignificantBits())
                .array();
    }

    /** The SHA-256 of a ciphertext, which tells nothing of the text: every one is under a key of its own. */
    static String digest(byte[] ciphertext) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(ciphertext));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Tells nothing of anybody. */
    @Override
    public String toString() {
        return "Payload[" + subjects.size() + " subjects]";
    }
}
