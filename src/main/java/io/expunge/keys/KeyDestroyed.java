package io.expunge.keys;

/** What was encrypted under this key can be read by nobody any more. */
public class KeyDestroyed extends RuntimeException {

    KeyDestroyed(String keyId) {
        super("there is no key " + keyId);
    }
}
