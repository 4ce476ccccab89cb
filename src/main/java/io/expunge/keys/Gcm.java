package io.expunge.keys;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.Provider;
import java.security.SecureRandom;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * AES-256 in Galois/counter mode (NIST SP 800-38D): a random nonce of 12 bytes, the ciphertext, a tag of 16 bytes. With
 * random nonces a key may encrypt 2³² times (section 8.3); a data key encrypts once, a wrapping key is rotated long before.
 */
final class Gcm {

    static final String KEY = "AES";

    private static final String TRANSFORMATION = "AES/GCM/NoPadding";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Gcm() {}

    static byte[] encrypt(Key key, byte[] plain, byte[] context) {
        return encrypt(null, key, plain, context);
    }

    /** By a provider that holds the key; any when null. */
    static byte[] encrypt(@Nullable Provider provider, Key key, byte[] plain, byte[] context) {
        var nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            var cipher = cipher(provider, Cipher.ENCRYPT_MODE, key, nonce, context);
            return ByteBuffer.allocate(NONCE_BYTES + cipher.getOutputSize(plain.length))
                    .put(nonce)
                    .put(cipher.doFinal(plain))
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws SecurityException if one bit of the text or the context is not what it was, or the key is another */
    static byte[] decrypt(Key key, byte[] encrypted, byte[] context) {
        return decrypt(null, key, encrypted, context);
    }

    /** By a provider that holds the key; any when null. */
    static byte[] decrypt(@Nullable Provider provider, Key key, byte[] encrypted, byte[] context) {
        if (encrypted.length < NONCE_BYTES + TAG_BITS / 8) {
            throw new SecurityException("too short to be a ciphertext");
        }
        try {
            var nonce = java.util.Arrays.copyOf(encrypted, NONCE_BYTES);
            return cipher(provider, Cipher.DECRYPT_MODE, key, nonce, context)
                    .doFinal(encrypted, NONCE_BYTES, encrypted.length - NONCE_BYTES);
        } catch (AEADBadTagException e) {
            throw new SecurityException("the ciphertext, its context or its key is not the one that belongs to it", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Cipher cipher(@Nullable Provider provider, int mode, Key key, byte[] nonce, byte[] context)
            throws GeneralSecurityException {
        var cipher =
                provider == null ? Cipher.getInstance(TRANSFORMATION) : Cipher.getInstance(TRANSFORMATION, provider);
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(context);
        return cipher;
    }
}
