package io.expunge.erasure;

import io.expunge.catalog.RecordRef;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One model that must forget what one request names. */
@Entity
@Table(name = "erasure_target")
class TargetEntity {

    enum State {
        WAITING,
        IN_RUN,
        ATTENTION,
        FORGOTTEN
    }

    @Id
    private UUID id;

    @Version
    private int revision;

    @SuppressWarnings("UnusedVariable") // every table of a controller's things has it
    private UUID controllerId;

    private UUID requestId;
    private UUID modelId;

    @Enumerated(EnumType.STRING)
    private State state;

    private byte[] records;
    private byte[] versions;
    private @Nullable UUID runId;
    private Instant waitingSince;

    @SuppressWarnings("NullAway.Init")
    protected TargetEntity() {}

    TargetEntity(
            UUID id, RequestEntity request, UUID modelId, List<RecordRef> records, List<UUID> versions, Instant at) {
        this.id = id;
        this.controllerId = request.controllerId();
        this.requestId = request.id();
        this.modelId = modelId;
        this.state = State.WAITING;
        this.records = Packed.records(records);
        this.versions = Packed.ids(versions);
        this.waitingSince = at;
    }

    void take(UUID run, List<RecordRef> found) {
        state = State.IN_RUN;
        runId = run;
        records = Packed.records(found);
    }

    void await(Instant at) {
        state = State.WAITING;
        runId = null;
        waitingSince = at;
    }

    void needPerson() {
        state = State.ATTENTION;
    }

    void forgotten() {
        state = State.FORGOTTEN;
    }

    UUID requestId() {
        return requestId;
    }

    UUID modelId() {
        return modelId;
    }

    State state() {
        return state;
    }

    List<RecordRef> records() {
        return Packed.records(records);
    }

    List<UUID> versions() {
        return Packed.ids(versions);
    }

    @Nullable UUID runId() {
        return runId;
    }

    Instant waitingSince() {
        return waitingSince;
    }
}
