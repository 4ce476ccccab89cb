package io.expunge.erasure;

import java.util.Set;

/** Where a request stands. */
enum RequestState {
    /** Durable; nobody has looked yet whom it concerns. */
    RECEIVED,
    /** No record of the people or places that it names. */
    NO_MATCH,
    /** The models that must forget are known and wait for a run. */
    RESOLVED,
    /** At least one run works on it. */
    IN_PROGRESS,
    /** A run could not do it; a person must decide. */
    ATTENTION,
    /** Every model that had to has forgotten. */
    COMPLETED,
    /** Withdrawn before a run took it up. */
    CANCELLED;

    boolean canBecome(RequestState next) {
        return switch (this) {
            case RECEIVED -> Set.of(NO_MATCH, RESOLVED, COMPLETED, CANCELLED).contains(next);
            case RESOLVED ->
                Set.of(IN_PROGRESS, COMPLETED, CANCELLED, ATTENTION).contains(next);
            case IN_PROGRESS -> Set.of(RESOLVED, ATTENTION, COMPLETED).contains(next);
            case ATTENTION ->
                Set.of(RESOLVED, IN_PROGRESS, COMPLETED, CANCELLED).contains(next);
            case COMPLETED -> next == RESOLVED; // an imported version brings people back
            case NO_MATCH, CANCELLED -> false;
        };
    }

    /** Whether nothing more is to be done for it. */
    boolean ended() {
        return this == NO_MATCH || this == COMPLETED || this == CANCELLED;
    }

    /** Whether nobody may be taught again what it names. */
    boolean binding() {
        return this != NO_MATCH && this != CANCELLED;
    }
}
