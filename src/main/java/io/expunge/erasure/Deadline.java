package io.expunge.erasure;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * By when a request must be served.
 *
 * @param held whether it must not be carried out now
 * @param needsPerson whether a run could not do it, so that a person must decide what comes next
 * @param waiting models that must forget for it and that a run will take up
 * @param runs at work for it
 */
public record Deadline(
        UUID requestId, Instant dueAt, boolean held, boolean needsPerson, List<UUID> waiting, List<UUID> runs) {}
