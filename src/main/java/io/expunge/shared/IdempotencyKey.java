package io.expunge.shared;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The caller's Idempotency-Key with a fingerprint of what was sent under it (draft-ietf-httpapi-idempotency-key-header).
 * It is stored in the row of the resource that the request made, so both are durable together or not at all.
 */
public final class IdempotencyKey {

    private static final Pattern KEY = Pattern.compile("[\\x21\\x23-\\x5b\\x5d-\\x7e]{1,128}");

    private final String value;
    private final byte[] fingerprint;

    private IdempotencyKey(String value, byte[] fingerprint) {
        this.value = value;
        this.fingerprint = fingerprint;
    }

    /**
     * Reads the header.
     *
     * @param header the header as received, quoted (a structured string) or bare; null when absent
     * @param payload everything that must be equal for the request to be the same one; only its SHA-256 is kept
     */
    public static @Nullable IdempotencyKey of(@Nullable String header, String payload) {
        if (header == null) {
            return null;
        }
        var bare = header.length() > 1 && header.startsWith("\"") && header.endsWith("\"")
                ? header.substring(1, header.length() - 1)
                : header;
        if (!KEY.matcher(bare).matches()) {
            throw Problem.invalid("Idempotency-Key", "must be 1 to 128 printable ASCII characters without quotes");
        }
        return new IdempotencyKey(HexFormat.of().formatHex(sha256(bare)), sha256(payload));
    }

    /** The same key and fingerprint under another name. */
    public IdempotencyKey as(String name) {
        return new IdempotencyKey(name, fingerprint);
    }

    /** What is stored in place of the key: callers put anything into it, and a database repeats it in its own log. */
    public String value() {
        return value;
    }

    public byte[] fingerprint() {
        return fingerprint.clone();
    }

    /** Passes when {@code stored} is the fingerprint of the same payload, else refuses with 422. */
    public void requireSame(byte @Nullable [] stored) {
        if (!Arrays.equals(stored, fingerprint)) {
            throw Problem.refused("idempotency-key-reused", "Idempotency-Key", "was already used with another payload");
        }
    }

    private static byte[] sha256(String payload) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(payload.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
