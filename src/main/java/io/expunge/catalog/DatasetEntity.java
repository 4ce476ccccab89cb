package io.expunge.catalog;

import io.expunge.api.DatasetFormat;
import io.expunge.shared.IdempotencyKey;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A data set: declared, then filled part by part, then never changed again. */
@Entity
@Table(name = "dataset")
class DatasetEntity {

    enum State {
        AWAITING,
        READY
    }

    @Id
    private UUID id;

    @Version
    private int revision;

    private UUID controllerId;
    private String name;
    private String format;

    @Enumerated(EnumType.STRING)
    private State state;

    private String parts;
    private @Nullable String content;
    private byte @Nullable [] digest;

    @SuppressWarnings("UnusedVariable") // read by queries
    private @Nullable String idempotencyKey;

    private byte @Nullable [] requestFingerprint;
    private Instant createdAt;

    @SuppressWarnings("NullAway.Init")
    protected DatasetEntity() {}

    DatasetEntity(
            UUID id,
            UUID controllerId,
            String name,
            DatasetFormat format,
            @Nullable IdempotencyKey key,
            Instant createdAt) {
        this.id = id;
        this.controllerId = controllerId;
        this.name = name;
        this.format = Json.write(format);
        this.state = State.AWAITING;
        this.parts = Json.write(new Parts());
        this.idempotencyKey = key == null ? null : key.value();
        this.requestFingerprint = key == null ? null : key.fingerprint();
        this.createdAt = createdAt;
    }

    /** One more part has been read without fault. */
    void keep(Parts kept) {
        parts = Json.write(kept);
    }

    /** All parts are there and fit together. */
    void complete(Content whole, byte[] address) {
        content = Json.write(whole);
        digest = address.clone();
        state = State.READY;
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

    DatasetFormat format() {
        return Json.read(format, DatasetFormat.class);
    }

    boolean ready() {
        return state == State.READY;
    }

    Parts parts() {
        return Json.read(parts, Parts.class);
    }

    /** What the complete data set holds; null while parts are awaited. */
    @Nullable Content content() {
        return content == null ? null : Json.read(content, Content.class);
    }

    byte @Nullable [] digest() {
        return digest == null ? null : digest.clone();
    }

    byte @Nullable [] requestFingerprint() {
        return requestFingerprint == null ? null : requestFingerprint.clone();
    }

    Instant createdAt() {
        return createdAt;
    }
}
