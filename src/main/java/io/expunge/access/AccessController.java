package io.expunge.access;

import io.expunge.api.AccessApi;
import io.expunge.api.ApiKey;
import io.expunge.api.Caller;
import io.expunge.api.Controller;
import io.expunge.api.CreatedApiKey;
import io.expunge.api.NewApiKey;
import io.expunge.api.NewController;
import io.expunge.api.Role;
import io.expunge.audit.Actor;
import io.expunge.shared.IdempotencyKey;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class AccessController implements AccessApi {

    private final ApiKeys keys;

    AccessController(ApiKeys keys) {
        this.keys = keys;
    }

    @Override
    public ResponseEntity<Caller> whoAmI() {
        var actor = Actor.current();
        var roles = actor.roles().stream().sorted().map(Role::fromValue).toList();
        return ResponseEntity.ok(new Caller(actor.controller(), actor.name(), roles));
    }

    @Override
    public ResponseEntity<List<Controller>> listControllers() {
        return ResponseEntity.ok(keys.controllers());
    }

    @Override
    public ResponseEntity<CreatedApiKey> createController(NewController declared, @Nullable String key) {
        var payload = declared.getName() + "\n" + declared.getTimeZone();
        var created = keys.createController(declared, IdempotencyKey.of(key, payload));
        return ResponseEntity.created(
                        URI.create("/v1/api-keys/" + created.getKey().getId()))
                .body(created);
    }

    @Override
    public ResponseEntity<List<ApiKey>> listApiKeys() {
        return ResponseEntity.ok(keys.list());
    }

    @Override
    public ResponseEntity<CreatedApiKey> createApiKey(NewApiKey declared) {
        var created = keys.create(declared);
        return ResponseEntity.created(
                        URI.create("/v1/api-keys/" + created.getKey().getId()))
                .body(created);
    }

    @Override
    public ResponseEntity<Void> revokeApiKey(UUID id) {
        keys.revoke(id);
        return ResponseEntity.noContent().build();
    }
}
