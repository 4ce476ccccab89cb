package io.expunge.erasure;

import java.time.Instant;
import java.util.UUID;

/** A request that waits for a run on one model. */
public record WaitingTarget(UUID requestId, UUID controllerId, Instant dueAt, Instant since) {}
