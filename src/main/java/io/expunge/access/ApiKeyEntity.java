package io.expunge.access;

import io.expunge.api.Role;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A key that acts for one controller in some roles. */
@Entity
@Table(name = "api_key")
class ApiKeyEntity {

    @Id
    private UUID id;

    @Version
    private int revision;

    private UUID controllerId;
    private String name;
    private String prefix;
    private byte[] secretHash;
    private String roles;
    private Instant createdAt;
    private @Nullable Instant expiresAt;
    private @Nullable Instant lastUsedAt;
    private @Nullable Instant revokedAt;

    @SuppressWarnings("NullAway.Init")
    protected ApiKeyEntity() {}

    ApiKeyEntity(
            UUID id,
            UUID controllerId,
            String name,
            Secret secret,
            List<Role> roles,
            Instant createdAt,
            @Nullable Instant expiresAt) {
        this.id = id;
        this.controllerId = controllerId;
        this.name = name;
        this.prefix = secret.prefix();
        this.secretHash = secret.hash();
        this.roles = roles.stream().map(Role::name).distinct().sorted().collect(Collectors.joining(","));
        this.createdAt = createdAt;
        this.expiresAt = expiresAt;
    }

    boolean opens(Secret secret, Instant now) {
        return MessageDigest.isEqual(secretHash, secret.hash())
                && revokedAt == null
                && (expiresAt == null || now.isBefore(expiresAt));
    }

    void revoke(Instant at) {
        if (revokedAt == null) {
            revokedAt = at;
        }
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

    String prefix() {
        return prefix;
    }

    List<Role> roles() {
        return Arrays.stream(roles.split(",", -1)).map(Role::fromValue).toList();
    }

    Instant createdAt() {
        return createdAt;
    }

    @Nullable Instant expiresAt() {
        return expiresAt;
    }

    @Nullable Instant lastUsedAt() {
        return lastUsedAt;
    }

    @Nullable Instant revokedAt() {
        return revokedAt;
    }
}
