package io.expunge.engine;

/** Numeric work that ended early because its {@link Monitor} asked for it; a last checkpoint has been offered. */
public final class Stopped extends RuntimeException {

    private final long step;

    public Stopped(long step) {
        super("stopped before step " + step);
        this.step = step;
    }

    /** The step that would have come next. */
    public long step() {
        return step;
    }
}
