package io.expunge.run;

import java.util.UUID;

/** The run's method cannot serve it; published in a transaction in which whoever listens moves the run on or ends it. */
public record RunUnserved(UUID runId, String reason) {}
