package io.expunge.access;

import io.expunge.api.Role;
import io.expunge.audit.Actor;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Finds whom a secret stands for; what was found is trusted for a few seconds, so that most calls ask no database. */
@Component
class KeyLookup {

    private static final int MAX_CACHED = 10_000;
    private static final int LOCKS = 64;

    private final ApiKeyRepository keys;
    private final ControllerRepository controllers;
    private final JdbcClient jdbc;
    private final AccessSettings settings;
    private final Clock clock;
    private final Map<String, Found> cache = new ConcurrentHashMap<>();
    private final List<ReentrantLock> locks =
            Stream.generate(ReentrantLock::new).limit(LOCKS).toList();

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

    /** @param renew from when on one caller looks the key up anew, while the others still trust it until it expires */
    private record Found(ApiKeyEntity key, Actor actor, Instant renew, Instant until) {

        Optional<Actor> opened(Secret secret, Instant now) {
            return key.opens(secret, now) ? Optional.of(actor) : Optional.empty();
        }
    }

    Optional<Actor> actor(String bearer) {
        var now = clock.instant();
        return Secret.parse(bearer).flatMap(secret -> {
            var cached = cache.get(secret.prefix());
            return cached != null && now.isBefore(cached.renew()) ? cached.opened(secret, now) : renew(secret, now);
        });
    }

    /** One look-up at a time: when a busy key expires, its callers do not all ask the database at once. */
    private Optional<Actor> renew(Secret secret, Instant now) {
        var lock = locks.get(Math.floorMod(secret.prefix().hashCode(), LOCKS));
        var cached = cache.get(secret.prefix());
        if (cached == null || !now.isBefore(cached.until())) {
            lock.lock();
        } else if (!lock.tryLock()) {
            return cached.opened(secret, now);
        }
        try {
            var renewed = cache.get(secret.prefix());
            return renewed != null && now.isBefore(renewed.renew()) ? renewed.opened(secret, now) : load(secret, now);
        } finally {
            lock.unlock();
        }
    }

    /** A key that was revoked here opens nothing here from now on; other processes follow when their trust runs out. */
    void forget(ApiKeyEntity key) {
        cache.remove(key.prefix());
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
        var trust = settings.keyCache();
        cache.put(secret.prefix(), new Found(key.get(), actor, now.plus(trust.dividedBy(2)), now.plus(trust)));
        jdbc.sql("""
                        update api_key set last_used_at = now()
                        where id = ? and (last_used_at is null or last_used_at < now() - interval '1 minute')
                        """).param(key.get().id()).update();
        return Optional.of(actor);
    }
}
