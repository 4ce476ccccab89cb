package io.expunge.run;

import java.util.UUID;

/** An edit has ended; published in its transaction, so whoever goes on with the run does so in the same one. */
public record RunEdited(UUID runId, UUID candidateVersionId) {}
