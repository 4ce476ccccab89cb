package io.expunge.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;

/**
 * An Ed25519 public key with a name, as C2SP's <a href="https://c2sp.org/signed-note">signed notes</a> write it: {@code
 * name+id+base64}, where the id is the beginning of SHA-256 over name, line feed, 0x01 and the key.
 *
 * @param raw the key's 32 bytes
 */
public record VerificationKey(String name, byte[] raw) {

    static final int ID_BYTES = 4;

    private static final byte ED25519 = 1;
    private static final int KEY_BYTES = 32;
    private static final byte[] PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    public VerificationKey {
        raw = raw.clone();
        if (name.isBlank() || name.contains("+") || name.chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException("a key's name must have neither blanks nor a plus");
        }
        if (raw.length != KEY_BYTES) {
            throw new IllegalArgumentException(
                    "an Ed25519 key has " + KEY_BYTES + " bytes but " + raw.length + " came");
        }
    }

    /**
     * Reads what {@link #toString} wrote; nothing is verified yet.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    public static VerificationKey parse(String text) {
        var parts = text.strip().split("\\+", 3);
        if (parts.length != 3) {
            throw new IllegalArgumentException("a key must read name+id+base64");
        }
        byte[] bytes = Base64.getDecoder().decode(parts[2]);
        if (bytes.length != KEY_BYTES + 1 || bytes[0] != ED25519) {
            throw new IllegalArgumentException("the key is no Ed25519 key");
        }
        var key = new VerificationKey(parts[0], Arrays.copyOfRange(bytes, 1, bytes.length));
        if (!key.id().equals(parts[1].toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("the key's id is not that of the key");
        }
        return key;
    }

    static VerificationKey of(String name, PublicKey key) {
        var encoded = key.getEncoded();
        return new VerificationKey(name, Arrays.copyOfRange(encoded, PREFIX.length, encoded.length));
    }

    @Override
    public byte[] raw() {
        return raw.clone();
    }

    /** Eight hexadecimal digits. */
    public String id() {
        return HexFormat.of().formatHex(idBytes());
    }

    byte[] idBytes() {
        var digest = Merkle.sha256();
        digest.update(name.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) '\n');
        digest.update(ED25519);
        return Arrays.copyOf(digest.digest(raw), ID_BYTES);
    }

    /** Whether {@code signature} is this key's over {@code message}. */
    public boolean verifies(byte[] message, byte[] signature) {
        try {
            var encoded =
                    ByteBuffer.allocate(PREFIX.length + KEY_BYTES).put(PREFIX).put(raw);
            var verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(KeyFactory.getInstance("Ed25519")
                    .generatePublic(new java.security.spec.X509EncodedKeySpec(encoded.array())));
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VerificationKey key && key.name.equals(name) && Arrays.equals(key.raw, raw);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, Arrays.hashCode(raw));
    }

    /** What {@link #parse} reads. */
    @Override
    public String toString() {
        var typed = ByteBuffer.allocate(KEY_BYTES + 1).put(ED25519).put(raw).array();
        return name + "+" + id() + "+" + Base64.getEncoder().encodeToString(typed);
    }
}
