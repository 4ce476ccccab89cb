package io.expunge.run;

import java.util.UUID;

/** Another worker has taken this run over; whoever sees this lets go of it and writes nothing. */
public final class LostLease extends RuntimeException {

    LostLease(UUID runId) {
        super("run " + runId + " was taken over by another worker");
    }
}
