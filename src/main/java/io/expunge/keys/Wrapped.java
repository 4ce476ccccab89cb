package io.expunge.keys;

/**
 * An encrypted data key.
 *
 * @param keyId of the key that it was encrypted under
 */
public record Wrapped(String keyId, byte[] bytes) {

    @Override
    public String toString() {
        return "Wrapped[" + keyId + "]";
    }
}
