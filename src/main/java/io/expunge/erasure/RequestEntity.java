package io.expunge.erasure;

import io.expunge.catalog.Pseudonym;
import io.expunge.catalog.RecordRef;
import io.expunge.shared.Problem;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Somebody's claim to be forgotten. */
@Entity
@Table(name = "erasure_request")
class RequestEntity {

    @Id
    private UUID id;

    @Version
    private int revision;

    private UUID controllerId;

    @Enumerated(EnumType.STRING)
    private RequestState state;

    @Enumerated(EnumType.STRING)
    private Regulation regulation;

    private String submitter;
    private Instant submittedAt;
    private Instant receivedAt;
    private Instant dueAt;
    private @Nullable Instant completedAt;

    @SuppressWarnings("UnusedVariable") // read by queries
    private @Nullable Instant endedAt;

    private @Nullable Instant shreddedAt;
    private byte[] subjects;
    private int people;

    @SuppressWarnings("UnusedVariable") // read by queries
    private String pseudonymKey;

    private byte[] records;
    private byte[] datasets;
    private @Nullable Long matched;

    @SuppressWarnings("UnusedVariable") // read by queries
    private @Nullable String idempotencyKey;

    private byte @Nullable [] requestFingerprint;

    @SuppressWarnings("NullAway.Init")
    protected RequestEntity() {}

    /** Moves on; returns what it was. */
    RequestState become(RequestState next, Instant at) {
        if (!state.canBecome(next)) {
            throw Problem.conflict(
                    "request-state",
                    "request " + id + " is " + state.name().toLowerCase(Locale.ROOT) + " and cannot become "
                            + next.name().toLowerCase(Locale.ROOT));
        }
        var before = state;
        state = next;
        completedAt = next == RequestState.COMPLETED || next == RequestState.NO_MATCH ? at : null;
        endedAt = next.ended() ? at : null;
        return before;
    }

    /** Its period was extended. */
    void postpone(Instant due) {
        dueAt = due;
    }

    void matched(long count) {
        matched = count;
    }

    /** The same people under the names that another key gives them, too. */
    void rename(List<Pseudonym> names, String keyId) {
        subjects = Packed.people(names);
        pseudonymKey = keyId;
    }

    UUID id() {
        return id;
    }

    UUID controllerId() {
        return controllerId;
    }

    RequestState state() {
        return state;
    }

    Regulation regulation() {
        return regulation;
    }

    String submitter() {
        return submitter;
    }

    Instant submittedAt() {
        return submittedAt;
    }

    Instant receivedAt() {
        return receivedAt;
    }

    Instant dueAt() {
        return dueAt;
    }

    /** When nothing more was to be done for it; null while it is open. */
    @Nullable Instant endedAt() {
        return endedAt;
    }

    @Nullable Instant completedAt() {
        return completedAt;
    }

    @Nullable Instant shreddedAt() {
        return shreddedAt;
    }

    /** How many people it names. */
    int people() {
        return people;
    }

    /** All people that it names, under every name that they may have. */
    List<Pseudonym> subjects() {
        return Packed.people(subjects);
    }

    List<RecordRef> records() {
        return Packed.records(records);
    }

    List<UUID> datasets() {
        return Packed.ids(datasets);
    }

    @Nullable Long matched() {
        return matched;
    }

    byte @Nullable [] requestFingerprint() {
        return requestFingerprint == null ? null : requestFingerprint.clone();
    }
}
