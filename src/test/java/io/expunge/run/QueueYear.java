package io.expunge.run;

import io.expunge.erasure.Deadlines;
import io.expunge.run.Forecast.Job;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A year of requests with a clock that runs as fast as it can: deadlines, order and forecast are the service's, the workers
 * and the people are made up. Time goes by the hour; the forecast is looked at every morning.
 */
final class QueueYear {

    private static final Instant BEGIN =
            Instant.parse("2027-06-01T00:00:00Z"); // to 2028-05-31: a leap day, two changes of clocks
    private static final Duration MARGIN = Duration.ofHours(48);
    private static final int DAYS = 366;

    private static final class Request {

        private final UUID model;
        private final Instant received;
        private Instant due;
        private final @Nullable Instant extendedAt;
        private final @Nullable Instant extendedDue;
        private final @Nullable Instant heldAt;
        private final @Nullable Instant releasedAt;
        private @Nullable Instant done;
        private @Nullable Instant named;

        Request(Random random, List<UUID> models, Instant received, Duration longestHold) {
            boolean european = random.nextInt(10) < 7;
            var regulation = european ? "GDPR" : "CCPA";
            var zone = ZoneId.of(european ? "Europe/Berlin" : "America/Los_Angeles");
            this.model = models.get(random.nextInt(models.size()));
            this.received = received;
            this.due = Deadlines.due(regulation, received, zone);
            boolean extended = random.nextInt(20) == 0;
            this.extendedAt = extended ? received.plus(Duration.ofDays(20)) : null;
            this.extendedDue = extended ? Deadlines.extended(regulation, received, zone) : null;
            boolean held = random.nextInt(30) == 0;
            this.heldAt = held ? received.plus(Duration.ofHours(random.nextInt(100))) : null;
            this.releasedAt = held ? heldAt.plus(Duration.ofHours(1 + random.nextLong(longestHold.toHours()))) : null;
        }

        boolean held(Instant now) {
            return heldAt != null && !now.isBefore(heldAt) && now.isBefore(releasedAt);
        }

        void lookAtTheClock(Instant now) {
            if (extendedAt != null && extendedDue != null && done == null && !now.isBefore(extendedAt)) {
                due = extendedDue;
            }
        }

        boolean missed() {
            return done == null || done.isAfter(due);
        }
    }

    /**
     * @param requests that came
     * @param missed served after their deadline
     * @param namedInTime of these, named by the forecast at least a week before it
     * @param named by the forecast at any time
     */
    record Outcome(int requests, int missed, int namedInTime, int named, Duration leastNotice) {}

    private final Random random;
    private final int workers;
    private final List<UUID> models = new ArrayList<>();
    private final Map<UUID, Double> hours = new HashMap<>();
    private final Map<UUID, Deque<Duration>> measured = new HashMap<>();
    private final Map<UUID, List<Request>> waiting = new HashMap<>();
    private final Map<UUID, Instant> busy = new HashMap<>();
    private final Map<UUID, List<Request>> inRun = new HashMap<>();

    QueueYear(long seed, int models, int workers) {
        this.random = new Random(seed);
        this.workers = workers;
        for (int i = 0; i < models; i++) {
            var id = new UUID(7, i);
            this.models.add(id);
            hours.put(id, 4 + 24 * random.nextDouble());
            measured.put(id, new ArrayDeque<>());
            waiting.put(id, new ArrayList<>());
        }
    }

    Outcome run(int count, Duration longestHold) {
        var all = new ArrayList<Request>();
        for (int i = 0; i < count; i++) {
            all.add(new Request(random, models, BEGIN.plusSeconds(random.nextLong(DAYS * 86_400L)), longestHold));
        }
        all.sort(Comparator.comparing(request -> request.received));
        int next = 0;
        var now = BEGIN;
        while (next < count || waiting.values().stream().anyMatch(some -> !some.isEmpty()) || !busy.isEmpty()) {
            while (next < count && !all.get(next).received.isAfter(now)) {
                waiting.get(all.get(next).model).add(all.get(next++));
            }
            end(now);
            for (var some : waiting.values()) {
                for (var request : some) {
                    request.lookAtTheClock(now);
                }
            }
            if (now.atZone(ZoneId.of("UTC")).getHour() == 6) {
                forecast(now);
            }
            start(now);
            now = now.plus(Duration.ofHours(1));
        }
        return outcome(all);
    }

    private void end(Instant now) {
        for (var model : List.copyOf(busy.keySet())) {
            if (!busy.get(model).isAfter(now)) {
                var end = busy.remove(model);
                inRun.remove(model).forEach(request -> request.done = end);
            }
        }
    }

    /** The queue's own order, and as many as there are workers. */
    private void start(Instant now) {
        var ready = new ArrayList<Job>();
        for (var model : models) {
            var due = waiting.get(model).stream()
                    .filter(request -> !request.held(now))
                    .map(request -> request.due)
                    .min(Comparator.naturalOrder());
            if (due.isPresent() && !busy.containsKey(model)) {
                ready.add(new Job(model, RunPriority.NORMAL, due.get(), now, Duration.ZERO));
            }
        }
        ready.sort(Job.ORDER);
        for (var job : ready) {
            if (busy.size() >= workers) {
                return;
            }
            var taken = waiting.get(job.id()).stream()
                    .filter(request -> !request.held(now))
                    .toList();
            waiting.get(job.id()).removeAll(new java.util.HashSet<>(taken));
            var takes = Duration.ofSeconds(Math.round(3600 * hours.get(job.id()) * (0.8 + 0.4 * random.nextDouble())));
            var last = measured.get(job.id());
            last.addLast(takes);
            if (last.size() > 5) {
                last.removeFirst();
            }
            inRun.put(job.id(), taken);
            busy.put(job.id(), now.plus(takes));
        }
    }

    private void forecast(Instant now) {
        var free = new ArrayList<>(busy.values());
        while (free.size() < workers) {
            free.add(now);
        }
        var jobs = new ArrayList<Job>();
        waiting.forEach((model, some) -> some.stream()
                .map(request -> request.due)
                .min(Comparator.naturalOrder())
                .ifPresent(due -> jobs.add(
                        new Job(model, RunPriority.NORMAL, due, busy.getOrDefault(model, now), expected(model)))));
        var ends = Forecast.of(jobs, free);
        waiting.forEach((model, some) -> some.forEach(request -> {
            boolean late = request.held(now) || !ends.get(model).plus(MARGIN).isBefore(request.due);
            if (late && request.named == null) {
                request.named = now;
            } else if (!late) {
                request.named = null; // only what stays named until the end counts
            }
        }));
    }

    private Duration expected(UUID model) {
        var sorted = measured.get(model).stream().sorted().toList();
        return sorted.isEmpty() ? Duration.ofHours(16) : sorted.get(sorted.size() / 2);
    }

    private static Outcome outcome(List<Request> all) {
        var missed = all.stream().filter(Request::missed).toList();
        var notice = missed.stream()
                .map(request -> request.named == null ? Duration.ZERO : Duration.between(request.named, request.due))
                .min(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
        return new Outcome(
                all.size(),
                missed.size(),
                (int) missed.stream()
                        .filter(request -> request.named != null
                                && !request.named.plus(Duration.ofDays(7)).isAfter(request.due))
                        .count(),
                (int) all.stream().filter(request -> request.named != null).count(),
                notice);
    }
}
