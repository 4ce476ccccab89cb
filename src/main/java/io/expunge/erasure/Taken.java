package io.expunge.erasure;

import io.expunge.catalog.RecordRef;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * What a run took up.
 *
 * @param forget records that the model's champion learned from and must forget; empty when it has already
 * @param earliestDue the first instant that is too late for one of the requests
 * @param submitters names of those who filed them; none of them may approve the result
 */
public record Taken(List<RecordRef> forget, Instant earliestDue, List<UUID> requestIds, Set<String> submitters) {}
