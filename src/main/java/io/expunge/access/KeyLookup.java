package io.expunge.access;

import io.expunge.api.Role;
import io.expunge.audit.Actor;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Finds whom a secret stands for; what was found is trusted for a few seconds, so that most calls ask no database. */
@Component
class KeyLookup {

    private static final int MAX_CACHED = 10_000;

    private final ApiKeyRepository keys;
    private final ControllerRepository controllers;
    private final JdbcClient jdbc;
    private final AccessSettings settings;
    private final Clock clock;
    private final Map<String, Found> cache = new ConcurrentHashMap<>();

    KeyLookup(
            ApiKeyRepository keys,
            ControllerRepository controllers,
            JdbcClient jdbc,
            AccessSettings settings,
            Clock clock) {
        this.keys = keys;
        this.controllers = controllers;
        this.jdbc = jdbc;
        this.settings = settings;
        this.clock = clock;
    }

    private record Found(ApiKeyEntity key, Actor actor, Instant until) {}

    Optional<Actor> actor(String bearer) {
        var now = clock.instant();
        return Secret.parse(bearer).flatMap(secret -> {
            var cached = cache.get(secret.prefix());
            if (cached != null && now.isBefore(cached.until())) {
                return cached.key().opens(secret, now) ? Optional.of(cached.actor()) : Optional.empty();
            }
            return load(secret, now);
        });
    }

    private Optional<Actor> load(Secret secret, Instant now) {
        var key = keys.findByPrefix(secret.prefix()).filter(found -> found.opens(secret, now));
        if (key.isEmpty()) {
            cache.remove(secret.prefix());
            return Optional.empty();
        }
        var controller = controllers.findById(key.get().controllerId()).orElseThrow();
        var roles = key.get().roles().stream().map(Role::name).collect(Collectors.toSet());
        var actor = new Actor(
                controller.id(),
                ZoneId.of(controller.timeZone()),
                "key:" + key.get().id(),
                roles);
        if (cache.size() >= MAX_CACHED) {
            cache.clear();
        }
        cache.put(secret.prefix(), new Found(key.get(), actor, now.plus(settings.keyCache())));
        jdbc.sql("""
                        update api_key set last_used_at = now()
                        where id = ? and (last_used_at is null or last_used_at < now() - interval '1 minute')
                        """).param(key.get().id()).update();
        return Optional.of(actor);
    }
}
