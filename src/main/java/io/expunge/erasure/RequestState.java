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
    CANCELLED,
    /** Refused on a ground that the law knows. */
    REFUSED;

    /** Whether its deadline still matters. */
    boolean open() {
        return Set.of(RECEIVED, RESOLVED, IN_PROGRESS, ATTENTION).contains(this);
    }

    /** Whether no model is to forget anything for it any more. */
    boolean dropped() {
        return this == CANCELLED || this == REFUSED;
    }

    boolean canBecome(RequestState next) {
        return switch (this) {
            case RECEIVED ->
                Set.of(NO_MATCH, RESOLVED, COMPLETED, CANCELLED, REFUSED).contains(next);
            case RESOLVED ->
                Set.of(IN_PROGRESS, COMPLETED, CANCELLED, REFUSED, ATTENTION).contains(next);
            case IN_PROGRESS -> Set.of(RESOLVED, ATTENTION, COMPLETED).contains(next);
            case ATTENTION ->
                Set.of(RESOLVED, IN_PROGRESS, COMPLETED, CANCELLED, REFUSED).contains(next);
            case COMPLETED -> next == RESOLVED; // an imported version brings people back
            case NO_MATCH, CANCELLED, REFUSED -> false;
        };
    }

    /** Whether nothing more is to be done for it. */
    boolean ended() {
        return this == NO_MATCH || this == COMPLETED || dropped();
    }

    /** Whether nobody may be taught again what it names. */
    boolean binding() {
        return this != NO_MATCH && !dropped();
    }
}
