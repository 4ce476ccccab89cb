package io.expunge.erasure;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * By when a request must be served.
 *
 * @param held whether it must not be carried out now
 * @param waiting models that must forget for it and that no run has taken up
 * @param runs at work for it
 */
public record Deadline(UUID requestId, Instant dueAt, boolean held, List<UUID> waiting, List<UUID> runs) {}
