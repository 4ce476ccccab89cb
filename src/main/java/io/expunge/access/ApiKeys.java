package io.expunge.access;

import io.expunge.api.ApiKey;
import io.expunge.api.Controller;
import io.expunge.api.CreatedApiKey;
import io.expunge.api.NewApiKey;
import io.expunge.api.NewController;
import io.expunge.api.Role;
import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.shared.IdempotencyKey;
import io.expunge.shared.Ids;
import io.expunge.shared.Problem;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Legal entities and the keys that act for them. */
@Service
public class ApiKeys {

    private final ControllerRepository controllers;
    private final ApiKeyRepository keys;
    private final KeyLookup lookup;
    private final AuditLog audit;
    private final Clock clock;

    ApiKeys(ControllerRepository controllers, ApiKeyRepository keys, KeyLookup lookup, AuditLog audit, Clock clock) {
        this.controllers = controllers;
        this.keys = keys;
        this.lookup = lookup;
        this.audit = audit;
        this.clock = clock;
    }

    /** Adds a legal entity with its first admin key. Its secret is in the answer and nowhere else, so not repeatable. */
    @PreAuthorize("hasRole('ADMIN')")
    @Transactional
    public CreatedApiKey createController(NewController declared, @Nullable IdempotencyKey key) {
        if (key != null && controllers.findByIdempotencyKey(key.value()).isPresent()) {
            key.requireSame(
                    controllers.findByIdempotencyKey(key.value()).orElseThrow().requestFingerprint());
            throw Problem.conflict("secret-shown-once", "the controller was made; its secret was shown then");
        }
        if (controllers.findByName(declared.getName()).isPresent()) {
            throw Problem.conflict("controller-exists", "there is a controller of that name");
        }
        return first(Ids.next(), declared.getName(), zone(declared.getTimeZone()), key);
    }

    /** A controller with an admin key; what the first start makes too. */
    CreatedApiKey first(UUID id, String name, ZoneId zone, @Nullable IdempotencyKey key) {
        var controller = controllers.save(new ControllerEntity(id, name, zone, key, clock.instant()));
        audit.append(Actor.system(controller.id()), "controller.created", "controller", controller.id(), Map.of());
        return create(Actor.system(controller.id()), "admin", List.of(Role.ADMIN), null);
    }

    @PreAuthorize("hasRole('ADMIN')")
    @Transactional
    public CreatedApiKey create(NewApiKey declared) {
        var expires = declared.getExpiresAt();
        if (expires != null && !expires.toInstant().isAfter(clock.instant())) {
            throw Problem.invalid("expiresAt", "must be in the future");
        }
        return create(
                Actor.current(), declared.getName(), declared.getRoles(), expires == null ? null : expires.toInstant());
    }

    private CreatedApiKey create(Actor actor, String name, List<Role> roles, @Nullable Instant expiresAt) {
        var secret = Secret.generate();
        var key = keys.save(
                new ApiKeyEntity(Ids.next(), actor.controller(), name, secret, roles, clock.instant(), expiresAt));
        audit.append(
                actor,
                "api-key.created",
                "api-key",
                key.id(),
                Map.of("roles", key.roles().stream().map(Role::name).toList()));
        return new CreatedApiKey(present(key), secret.text());
    }

    @PreAuthorize("hasRole('ADMIN')")
    @Transactional
    public void revoke(UUID id) {
        var actor = Actor.current();
        var key =
                keys.findByIdAndControllerId(id, actor.controller()).orElseThrow(() -> Problem.notFound("api key", id));
        key.revoke(clock.instant());
        keys.save(key);
        lookup.forget(key);
        audit.append(actor, "api-key.revoked", "api-key", id, Map.of());
    }

    @PreAuthorize("hasRole('ADMIN')")
    @Transactional(readOnly = true)
    public List<ApiKey> list() {
        return keys.findByControllerIdOrderById(Actor.current().controller()).stream()
                .map(ApiKeys::present)
                .toList();
    }

    /** The caller's own controller; one controller never learns of another. */
    @PreAuthorize("hasRole('ADMIN')")
    @Transactional(readOnly = true)
    public List<Controller> controllers() {
        return controllers.findById(Actor.current().controller()).stream()
                .map(controller -> new Controller(controller.id(), controller.name(), controller.timeZone()))
                .toList();
    }

    private static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw Problem.invalid("timeZone", "is not a time zone of the IANA database, such as Europe/Berlin");
        }
    }

    private static ApiKey present(ApiKeyEntity key) {
        return new ApiKey(key.id(), key.name(), key.prefix(), key.roles(), at(key.createdAt()))
                .expiresAt(key.expiresAt() == null ? null : at(key.expiresAt()))
                .lastUsedAt(key.lastUsedAt() == null ? null : at(key.lastUsedAt()))
                .revokedAt(key.revokedAt() == null ? null : at(key.revokedAt()));
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
