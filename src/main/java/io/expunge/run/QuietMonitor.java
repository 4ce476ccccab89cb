package io.expunge.run;

import io.expunge.engine.CheckpointWriter;
import io.expunge.engine.Monitor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Stops and resumes a training of one network of many, whose steps are nobody's progress. */
record QuietMonitor(Monitor monitor) implements Monitor {

    /** Erases the checkpoint of a training that has come to its end. */
    void discard() {
        monitor.resumeFrom().ifPresent(file -> {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Override
    public boolean stopRequested() {
        return monitor.stopRequested();
    }

    @Override
    public Optional<Path> resumeFrom() {
        return monitor.resumeFrom();
    }

    @Override
    public void checkpoint(long step, CheckpointWriter writer) {
        monitor.checkpoint(step, writer);
    }

    @Override
    public void lastCheckpoint(long step, CheckpointWriter writer) {
        monitor.lastCheckpoint(step, writer);
    }
}
