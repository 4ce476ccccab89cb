package io.expunge.audit;

import java.time.Instant;
import java.util.List;

/** Entries were appended in the transaction in which this is heard. */
public record AuditAppended(Instant at, List<AuditEvent> events) {}
