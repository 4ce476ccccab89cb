package io.expunge.keys;

import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.spec.SecretKeySpec;

/** Envelope encryption: each text under a data key of its own, the data key under a {@link KeyEncryption}. */
public final class Envelope {

    private static final SecureRandom RANDOM = new SecureRandom();

    private final KeyEncryption keys;

    public Envelope(KeyEncryption keys) {
        this.keys = keys;
    }

    /**
     * A text that nobody reads without both parts.
     *
     * @param key the encrypted data key; once it is destroyed, so is the text
     */
    public record Sealed(Wrapped key, byte[] ciphertext) {}

    /** Encrypts under a new data key; {@code context} is what the text belongs to, and it opens only there. */
    public Sealed seal(byte[] plain, byte[] context) {
        var dataKey = new byte[Key.BYTES];
        RANDOM.nextBytes(dataKey);
        try {
            return new Sealed(
                    keys.wrap(dataKey, context), Gcm.encrypt(new SecretKeySpec(dataKey, Gcm.KEY), plain, context));
        } finally {
            Arrays.fill(dataKey, (byte) 0);
        }
    }

    /**
     * The text.
     *
     * @throws KeyDestroyed if a key that it takes is gone
     * @throws SecurityException if it was changed or belongs to something else
     */
    public byte[] open(Sealed sealed, byte[] context) {
        var dataKey = keys.unwrap(sealed.key(), context);
        try {
            return Gcm.decrypt(new SecretKeySpec(dataKey, Gcm.KEY), sealed.ciphertext(), context);
        } finally {
            Arrays.fill(dataKey, (byte) 0);
        }
    }

    /** The same data key under the key that wraps now. */
    public Wrapped rewrap(Wrapped key, byte[] context) {
        var dataKey = keys.unwrap(key, context);
        try {
            return keys.wrap(dataKey, context);
        } finally {
            Arrays.fill(dataKey, (byte) 0);
        }
    }
}
