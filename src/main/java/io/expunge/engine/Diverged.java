package io.expunge.engine;

/** Numeric work whose loss or weights are no longer numbers, or whose network answers the same to everything. */
public final class Diverged extends RuntimeException {

    public Diverged(String message) {
        super(message);
    }
}
