package io.expunge.keys;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.LocalDate;
import java.util.HexFormat;
import javax.crypto.spec.SecretKeySpec;

/** 256 secret bits. Two keys are told apart by an id that is made from them and tells nothing of them. */
public final class Key {

    static final int BYTES = 32;

    private static final int ID_BYTES = 6;
    private static final byte[] ID_LABEL = "expunge key id\0".getBytes(StandardCharsets.US_ASCII);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String id;
    private final LocalDate since;
    private final byte[] bytes;

    private Key(LocalDate since, byte[] bytes) {
        this.since = since;
        this.bytes = bytes;
        this.id = HexFormat.of().formatHex(sha256(bytes), 0, ID_BYTES);
    }

    static Key random(LocalDate since) {
        var bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return new Key(since, bytes);
    }

    /** Reads what {@link #line} wrote; the message of what is thrown repeats none of it. */
    static Key parse(String line) {
        int blank = line.indexOf(' ');
        try {
            var bytes = HexFormat.of().parseHex(line.substring(blank + 1).strip());
            if (bytes.length == BYTES) {
                return new Key(LocalDate.parse(line.substring(0, Math.max(blank, 0))), bytes);
            }
        } catch (IllegalArgumentException | java.time.DateTimeException e) {
            // said below, without the cause, whose message holds the text
        }
        throw new IllegalArgumentException(
                "a key must be a date as 2026-01-31, a blank and " + 2 * BYTES + " hexadecimal digits");
    }

    String line() {
        return since + " " + HexFormat.of().formatHex(bytes);
    }

    /** 12 hexadecimal digits; may be logged and stored. */
    public String id() {
        return id;
    }

    /** The day, in UTC, on which it was made. */
    public LocalDate since() {
        return since;
    }

    /** The key as the JCA wants it. */
    public SecretKeySpec forAlgorithm(String algorithm) {
        return new SecretKeySpec(bytes, algorithm);
    }

    /** Says nothing of the secret. */
    @Override
    public String toString() {
        return "Key[" + id + "]";
    }

    private static byte[] sha256(byte[] secret) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(ID_LABEL);
            return digest.digest(secret);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
