package io.expunge.erasure;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where a request stands, for whoever filed it.
 *
 * @param dueAt the first instant that is too late
 * @param records how many it resolved to; 0 until then
 * @param refusalGround on what ground it was refused; null if it was not
 */
public record Standing(
        UUID id,
        UUID controllerId,
        Stage stage,
        Instant receivedAt,
        Instant dueAt,
        long records,
        @Nullable String refusalGround) {

    /** What matters to an outsider of a request's state. */
    public enum Stage {
        /** No run works on it; it may be withdrawn. */
        PENDING,
        IN_PROGRESS,
        /** Every model has forgotten, or none knew. */
        COMPLETED,
        /** Withdrawn by whoever filed it. */
        CANCELLED,
        /** Refused on a ground that the law knows. */
        REFUSED;

        /** Whether nothing more is to come. */
        public boolean ended() {
            return this == COMPLETED || this == CANCELLED || this == REFUSED;
        }
    }

    /** @param begun whether some model has forgotten already, or a run is at it */
    static Standing of(RequestEntity request, boolean begun, @Nullable String refusalGround) {
        var matched = request.matched();
        return new Standing(
                request.id(),
                request.controllerId(),
                switch (request.state()) {
                    case RECEIVED, RESOLVED -> begun ? Stage.IN_PROGRESS : Stage.PENDING;
                    case IN_PROGRESS, ATTENTION -> Stage.IN_PROGRESS;
                    case NO_MATCH, COMPLETED -> Stage.COMPLETED;
                    case CANCELLED -> Stage.CANCELLED;
                    case REFUSED -> Stage.REFUSED;
                },
                request.receivedAt(),
                request.dueAt(),
                matched == null ? 0 : matched,
                refusalGround);
    }
}
