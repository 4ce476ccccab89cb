package io.expunge.run;

import java.util.UUID;

/** A run has ended; published in the transaction that ended it. */
public record RunEnded(UUID runId, RunState state) {}
