package io.expunge.run;

import java.util.Set;

/** Where a run stands. */
public enum RunState {
    QUEUED,
    RUNNING,
    /** An attempt failed; the next waits for its time. */
    RETRYING,
    /** A person decides. */
    AWAITING_APPROVAL,
    /** Its work is on the queue in shards, for any worker. */
    AWAITING_SHARDS,
    SUCCEEDED,
    FAILED,
    CANCELLED;

    boolean canBecome(RunState next) {
        return switch (this) {
            case QUEUED -> Set.of(RUNNING, CANCELLED).contains(next);
            case RUNNING -> next != this;
            case RETRYING -> Set.of(RUNNING, CANCELLED, FAILED).contains(next);
            case AWAITING_APPROVAL, AWAITING_SHARDS ->
                Set.of(QUEUED, CANCELLED, FAILED).contains(next);
            case FAILED -> next == QUEUED;
            case SUCCEEDED, CANCELLED -> false;
        };
    }

    public boolean ended() {
        return this == SUCCEEDED || this == FAILED || this == CANCELLED;
    }
}
