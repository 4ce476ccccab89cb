package io.expunge;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends requests on a fixed timetable, whether or not earlier ones have been answered. A latency counts from the moment at
 * which the timetable wanted the request sent, so a service that stalls is charged for everybody who would have waited.
 */
final class OpenLoop {

    /** One request of the timetable; returns what the service acknowledged it as, and throws when it did not. */
    interface Call {
        String send(long number) throws Exception;
    }

    /** @param number of the request; @param id what it was acknowledged as; @param nanos from its planned moment on */
    record Acknowledged(long number, String id, long nanos) {}

    record Result(Queue<Acknowledged> acknowledged, ConcurrentHashMap<String, Long> failures, Duration took) {

        double perSecond() {
            return acknowledged.size() / (took.toNanos() / 1e9);
        }

        /** The latency, in milliseconds, that {@code share} of the acknowledged requests did not exceed. */
        double percentile(double share) {
            var sorted = acknowledged.stream().mapToLong(Acknowledged::nanos).toArray();
            Arrays.sort(sorted);
            return sorted.length == 0 ? Double.NaN : sorted[(int) Math.ceil(share * sorted.length) - 1] / 1e6;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d acknowledged in %.1f s = %.0f a second; latency p50 %.1f, p90 %.1f, p99 %.1f, p99.9 %.1f, max %.1f ms; not acknowledged: %s",
                    acknowledged.size(),
                    took.toNanos() / 1e9,
                    perSecond(),
                    percentile(0.5),
                    percentile(0.9),
                    percentile(0.99),
                    percentile(0.999),
                    percentile(1),
                    failures);
        }
    }

    private OpenLoop() {}

    /** Sends {@code rate} requests a second for {@code span}, numbered from {@code first}; returns when all have ended. */
    static Result run(int rate, Duration span, long first, Call call) throws InterruptedException {
        var result = new ConcurrentLinkedQueue<Acknowledged>();
        var failures = new ConcurrentHashMap<String, Long>();
        long count = rate * span.toSeconds();
        long start = System.nanoTime();
        try (var senders = Executors.newVirtualThreadPerTaskExecutor()) {
            for (long i = 0; i < count; i++) {
                long planned = start + i * TimeUnit.SECONDS.toNanos(1) / rate;
                for (long wait = planned - System.nanoTime(); wait > 0; wait = planned - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                long number = first + i;
                senders.execute(() -> {
                    try {
                        var id = call.send(number);
                        result.add(new Acknowledged(number, id, System.nanoTime() - planned));
                    } catch (Exception e) {
                        failures.merge(e.getClass().getSimpleName() + " " + e.getMessage(), 1L, Long::sum);
                    }
                });
            }
        }
        return new Result(result, failures, Duration.ofNanos(System.nanoTime() - start));
    }
}
