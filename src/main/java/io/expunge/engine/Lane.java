package io.expunge.engine;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** The one place in a process where gradients are computed: DJL's gradient collector is one per JVM. */
public final class Lane {

    private static final ReentrantLock LOCK = new ReentrantLock(true);

    private Lane() {}

    /** Waits for the lane, runs {@code work} on the caller's thread and leaves the lane; may be nested. */
    public static <T> T hold(Supplier<T> work) {
        LOCK.lock();
        try {
            return work.get();
        } finally {
            LOCK.unlock();
        }
    }
}
