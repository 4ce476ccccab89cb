package io.expunge.engine;

/** A weights file that cannot be used; the message names the tensor or the place in the file, and the reason. */
public final class ModelRefused extends RuntimeException {

    public ModelRefused(String message) {
        super(message);
    }
}
