package io.expunge.erasure;

import java.time.Instant;
import java.util.UUID;

/** What a request demands, without whom it is about. */
public record Claim(UUID id, String regulation, Instant submittedAt, Instant dueAt) {}
