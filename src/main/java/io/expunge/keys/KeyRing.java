package io.expunge.keys;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keys of one purpose: the newest is for what is made now, the others for what was made under them. */
public interface KeyRing {

    /**
     * The ring that an operator gave, or else the one in {@code file}, which is made with one key if it is not there.
     *
     * @param given keys as they stand in a file, newest first, one a line or behind a comma; null where none were given
     */
    static KeyRing open(Path file, @Nullable String given, Clock clock) {
        return given == null || given.isBlank() ? new FileKeyRing(file, clock) : new GivenKeyRing(given);
    }

    /** All keys, newest first; never empty. */
    List<Key> live();

    /** Whether this service makes and destroys keys here; otherwise whoever gave them does. */
    boolean own();

    /**
     * Puts a new key in front.
     *
     * @throws UnsupportedOperationException if the ring is not {@linkplain #own own}
     */
    Key rotate();

    /**
     * Destroys a key that is not the current one; nothing happens where it is gone already.
     *
     * @throws UnsupportedOperationException if the ring is not {@linkplain #own own}
     */
    void destroy(String id);

    /** For what is made now. */
    default Key current() {
        return live().getFirst();
    }

    /** The key of this id, unless it was destroyed. */
    default Optional<Key> find(String id) {
        return live().stream().filter(key -> key.id().equals(id)).findAny();
    }
}
