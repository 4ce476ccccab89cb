package io.expunge.erasure;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What was decided on a request's deadlines.
 *
 * @param firstDueAt the deadline before it was extended
 * @param notifiedAt when the person was told of the extension and its reason
 * @param holdGround why it must not be carried out now
 */
record ClockEntry(
        UUID requestId,
        @Nullable Instant acknowledgedAt,
        @Nullable Instant firstDueAt,
        @Nullable Instant extendedAt,
        @Nullable String extensionReason,
        @Nullable Instant notifiedAt,
        @Nullable String holdGround,
        @Nullable Instant heldAt,
        @Nullable String refusalGround,
        @Nullable Instant refusedAt) {

    static ClockEntry none(UUID request) {
        return new ClockEntry(request, null, null, null, null, null, null, null, null, null);
    }

    ClockEntry acknowledged(Instant at) {
        return new ClockEntry(
                requestId,
                at,
                firstDueAt,
                extendedAt,
                extensionReason,
                notifiedAt,
                holdGround,
                heldAt,
                refusalGround,
                refusedAt);
    }

    ClockEntry extended(Instant firstDue, String reason, Instant notified, Instant at) {
        return new ClockEntry(
                requestId,
                acknowledgedAt,
                firstDue,
                at,
                reason,
                notified,
                holdGround,
                heldAt,
                refusalGround,
                refusedAt);
    }

    ClockEntry held(@Nullable String ground, @Nullable Instant at) {
        return new ClockEntry(
                requestId,
                acknowledgedAt,
                firstDueAt,
                extendedAt,
                extensionReason,
                notifiedAt,
                ground,
                at,
                refusalGround,
                refusedAt);
    }

    ClockEntry refused(String ground, Instant at) {
        return new ClockEntry(
                requestId, acknowledgedAt, firstDueAt, extendedAt, extensionReason, notifiedAt, null, null, ground, at);
    }
}
