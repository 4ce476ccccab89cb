package io.expunge.access;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/** Who is behind a session; what was found is trusted as long as a key is, so that most pages ask no database. */
@Component
class UserLookup {

    private static final int MAX_CACHED = 10_000;

    private final UserTable table;
    private final AccessSettings settings;
    private final Clock clock;
    private final Map<UUID, Found> cache = new ConcurrentHashMap<>();

    UserLookup(UserTable table, AccessSettings settings, Clock clock) {
        this.table = table;
        this.settings = settings;
        this.clock = clock;
    }

    private record Found(UserTable.Row user, Instant until) {}

    Optional<UserTable.Row> user(UUID id) {
        var now = clock.instant();
        var cached = cache.get(id);
        if (cached != null && now.isBefore(cached.until())) {
            return Optional.of(cached.user());
        }
        var found = table.find(id);
        if (cache.size() >= MAX_CACHED) {
            cache.clear();
        }
        found.ifPresentOrElse(
                user -> cache.put(id, new Found(user, now.plus(settings.keyCache()))), () -> cache.remove(id));
        return found;
    }

    /** What changed here is seen here at once; other processes follow when their trust runs out. */
    void forget(UUID id) {
        cache.remove(id);
    }
}
