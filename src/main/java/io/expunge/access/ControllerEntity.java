package io.expunge.access;

import io.expunge.shared.IdempotencyKey;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.time.ZoneId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A legal entity: everything belongs to one. */
@Entity
@Table(name = "controller")
class ControllerEntity {

    @Id
    private UUID id;

    private String name;
    private String timeZone;
    private @Nullable String idempotencyKey;
    private byte @Nullable [] requestFingerprint;
    private Instant createdAt;

    @SuppressWarnings("NullAway.Init")
    protected ControllerEntity() {}

    ControllerEntity(UUID id, String name, ZoneId zone, @Nullable IdempotencyKey key, Instant createdAt) {
        this.id = id;
        this.name = name;
        this.timeZone = zone.getId();
        this.idempotencyKey = key == null ? null : key.value();
        this.requestFingerprint = key == null ? null : key.fingerprint();
        this.createdAt = createdAt;
    }

    UUID id() {
        return id;
    }

    String name() {
        return name;
    }

    String timeZone() {
        return timeZone;
    }

    Instant createdAt() {
        return createdAt;
    }

    @Nullable String idempotencyKey() {
        return idempotencyKey;
    }

    byte @Nullable [] requestFingerprint() {
        return requestFingerprint == null ? null : requestFingerprint.clone();
    }
}
