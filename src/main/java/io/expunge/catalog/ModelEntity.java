package io.expunge.catalog;

import io.expunge.engine.Architecture;
import io.expunge.shared.IdempotencyKey;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A named lineage of versions of one architecture. */
@Entity
@Table(name = "model")
class ModelEntity {

    @Id
    private UUID id;

    @Version
    private int revision;

    private UUID controllerId;
    private String name;
    private String architecture;
    private String policy;
    private @Nullable UUID championId;

    @SuppressWarnings("UnusedVariable") // read by queries
    private @Nullable String idempotencyKey;

    private byte @Nullable [] requestFingerprint;
    private Instant createdAt;
    private @Nullable Instant destroyedAt;

    @SuppressWarnings("NullAway.Init")
    protected ModelEntity() {}

    ModelEntity(
            UUID id,
            UUID controllerId,
            String name,
            Architecture architecture,
            String policy,
            @Nullable IdempotencyKey key,
            Instant createdAt) {
        this.id = id;
        this.controllerId = controllerId;
        this.name = name;
        this.architecture = Json.write(architecture);
        this.policy = policy;
        this.idempotencyKey = key == null ? null : key.value();
        this.requestFingerprint = key == null ? null : key.fingerprint();
        this.createdAt = createdAt;
    }

    /** Consumers are to serve {@code version} from now on. */
    void crown(UUID version) {
        championId = version;
    }

    /** No version of it is made or served any more. */
    void destroy(Instant at) {
        destroyedAt = at;
        championId = null;
    }

    boolean destroyed() {
        return destroyedAt != null;
    }

    @Nullable Instant destroyedAt() {
        return destroyedAt;
    }

    UUID id() {
        return id;
    }

    UUID controllerId() {
        return controllerId;
    }

    String name() {
        return name;
    }

    Architecture architecture() {
        return Json.read(architecture, Architecture.class);
    }

    String policy() {
        return policy;
    }

    @Nullable UUID championId() {
        return championId;
    }

    byte @Nullable [] requestFingerprint() {
        return requestFingerprint == null ? null : requestFingerprint.clone();
    }

    Instant createdAt() {
        return createdAt;
    }
}
