package io.expunge.keys;

/**
 * Encrypts data keys. This is what key management services offer, too: a key that wraps never leaves them, and they say
 * under which id it is found again.
 */
public interface KeyEncryption {

    /** The id of the key that wraps now. */
    String currentKeyId();

    /**
     * Encrypts a data key.
     *
     * @param context bound to it, not encrypted; only who gives the same again gets the key back
     */
    Wrapped wrap(byte[] dataKey, byte[] context);

    /**
     * The data key.
     *
     * @throws KeyDestroyed if the key that wrapped it is gone
     * @throws SecurityException if it was changed or wrapped in another context
     */
    byte[] unwrap(Wrapped wrapped, byte[] context);
}
