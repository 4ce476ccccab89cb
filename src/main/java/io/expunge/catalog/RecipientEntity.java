package io.expunge.catalog;

import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Somebody or something that a version was given to. */
@Entity
@Table(name = "recipient")
class RecipientEntity {

    @Id
    private UUID id;

    @Version
    @SuppressWarnings("UnusedVariable") // JPA's
    private int revision;

    private UUID controllerId;
    private UUID versionId;
    private String name;

    @Enumerated(EnumType.STRING)
    private RecipientView.Kind kind;

    private @Nullable Instant endedAt;
    private Instant createdAt;

    @SuppressWarnings("NullAway.Init")
    protected RecipientEntity() {}

    RecipientEntity(UUID id, VersionEntity version, String name, RecipientView.Kind kind, Instant createdAt) {
        this.id = id;
        this.controllerId = version.controllerId();
        this.versionId = version.id();
        this.name = name;
        this.kind = kind;
        this.createdAt = createdAt;
    }

    /** The version is there no longer. */
    void end(Instant at) {
        endedAt = endedAt == null ? at : endedAt;
    }

    UUID id() {
        return id;
    }

    RecipientView view() {
        return new RecipientView(id, controllerId, versionId, name, kind, createdAt, endedAt);
    }
}
