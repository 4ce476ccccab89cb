package io.expunge.keys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.util.Arrays;

/**
 * Encrypts data keys inside a PKCS #11 token: a hardware security module, or a key management service by its PKCS #11 library.
 * The keys that wrap never leave it, are made and destroyed there by whoever runs it, and are told apart by their labels.
 * What was wrapped by another {@link KeyEncryption} before is still unwrapped by that one.
 */
public final class TokenEncryption implements KeyEncryption {

    private final Provider provider;
    private final KeyStore token;
    private final String current;
    private final KeyEncryption before;

    private TokenEncryption(Provider provider, KeyStore token, String current, KeyEncryption before) {
        this.provider = provider;
        this.token = token;
        this.current = current;
        this.before = before;
    }

    /**
     * Logs in, and tries the key.
     *
     * @param library of the token's vendor
     * @param slotIndex which of its slots, from 0
     * @param pin of the token's user
     * @param label of the AES key that wraps now
     * @param before what wrapped until now
     * @throws IllegalArgumentException if the library, the slot, the PIN or the key will not do; names which, never the PIN
     */
    public static TokenEncryption open(Path library, int slotIndex, String pin, String label, KeyEncryption before) {
        if (!Files.isRegularFile(library)) {
            throw new IllegalArgumentException("there is no PKCS #11 library " + library);
        }
        try {
            var provider = Security.getProvider("SunPKCS11")
                    .configure("--name = expunge\nlibrary = \"" + library.toAbsolutePath() + "\"\nslotListIndex = "
                            + slotIndex);
            var token = KeyStore.getInstance("PKCS11", provider);
            token.load(null, pin.toCharArray());
            var opened = new TokenEncryption(provider, token, label, before);
            opened.tryOut();
            return opened;
        } catch (ProviderException | GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException(
                    "the PKCS #11 token in slot " + slotIndex + " of " + library + " does not open; is the PIN right?",
                    e);
        }
    }

    private void tryOut() throws GeneralSecurityException {
        if (!token.isKeyEntry(current)) {
            throw new IllegalArgumentException("the PKCS #11 token has no secret key with the label '" + current + "'");
        }
        var probe = "expunge".getBytes(StandardCharsets.US_ASCII);
        try {
            if (!Arrays.equals(probe, unwrap(wrap(probe, probe), probe))) {
                throw new IllegalArgumentException("the key '" + current + "' does not decrypt what it encrypted");
            }
        } catch (IllegalStateException | ProviderException e) {
            throw new IllegalArgumentException("the key '" + current + "' is not one for AES-GCM", e);
        }
    }

    @Override
    public String currentKeyId() {
        return current;
    }

    @Override
    public Wrapped wrap(byte[] dataKey, byte[] context) {
        return new Wrapped(current, Gcm.encrypt(provider, key(current), dataKey, context));
    }

    @Override
    public byte[] unwrap(Wrapped wrapped, byte[] context) {
        return holds(wrapped.keyId())
                ? Gcm.decrypt(provider, key(wrapped.keyId()), wrapped.bytes(), context)
                : before.unwrap(wrapped, context);
    }

    private boolean holds(String label) {
        try {
            return token.isKeyEntry(label);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Key key(String label) {
        try {
            var key = token.getKey(label, null);
            if (key == null) {
                throw new KeyDestroyed(label);
            }
            return key;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
