package io.expunge.audit;

import java.util.Map;
import java.util.UUID;

/**
 * Something that was done.
 *
 * @param action what, as {@code thing.happened}
 * @param subjectType to what kind of thing, as in its URL
 * @param details counts, states and digests; never an identity, a record or a text that somebody wrote about a person
 */
public record AuditEvent(Actor actor, String action, String subjectType, UUID subjectId, Map<String, ?> details) {}
