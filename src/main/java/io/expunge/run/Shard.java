package io.expunge.run;

import java.util.UUID;

/**
 * A part of a run that any worker may take.
 *
 * @param run whose part it is
 * @param first number of the first member in it
 */
record Shard(UUID run, int first) {

    private static final char SLASH = '/';

    /** The name under which it is queued. */
    String name() {
        return run.toString() + SLASH + first;
    }

    static Shard named(String name) {
        int slash = name.indexOf(SLASH);
        return new Shard(UUID.fromString(name.substring(0, slash)), Integer.parseInt(name.substring(slash + 1)));
    }
}
