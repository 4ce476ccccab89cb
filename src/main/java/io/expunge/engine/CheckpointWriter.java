package io.expunge.engine;

import java.nio.file.Path;

/** Writes the state of the numeric work under way. */
@FunctionalInterface
public interface CheckpointWriter {

    /**
     * Writes to {@code target}: under a temporary name beside it, flushed to the disk, then renamed over it.
     *
     * @throws Diverged if a weight is no longer a finite number; {@code target} is left as it was
     * @throws java.io.UncheckedIOException if the disk refuses; {@code target} is left as it was
     */
    void write(Path target);
}
