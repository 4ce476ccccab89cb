package io.expunge.erasure;

import io.expunge.audit.Actor;
import io.expunge.audit.AuditEvent;
import io.expunge.keys.Envelope;
import io.expunge.shared.IdempotencyKey;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A request that was found valid and is to be stored. */
record Filing(
        UUID id,
        Actor actor,
        Regulation regulation,
        Instant submitted,
        Instant received,
        Instant due,
        Optional<Instant> acknowledgeBy,
        Intake.Scope scope,
        @Nullable IdempotencyKey key,
        Envelope.Sealed payload) {

    AuditEvent event() {
        return new AuditEvent(
                actor,
                "erasure.received",
                "erasure-request",
                id,
                Map.of(
                        "regulation", regulation.name(),
                        "due", due.toString(),
                        "subjects", scope.people().size(),
                        "records", scope.records().size(),
                        "ciphertext", Payload.digest(payload.ciphertext())));
    }
}
