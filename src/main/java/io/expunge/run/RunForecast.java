package io.expunge.run;

import io.expunge.api.DeadlineForecast;
import io.expunge.api.QueueForecast;
import io.expunge.audit.Actor;
import io.expunge.erasure.Deadline;
import io.expunge.erasure.Erasures;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Says today which requests the queue will not serve in time, from how long runs took before. */
@Service
public class RunForecast {

    private static final int RECENT = 5;
    private static final int MOST = 1_000;

    private final JdbcClient jdbc;
    private final Erasures erasures;
    private final WorkerTable workers;
    private final ShardForecast shards;
    private final RunSettings settings;
    private final Clock clock;

    RunForecast(
            JdbcClient jdbc,
            Erasures erasures,
            WorkerTable workers,
            ShardForecast shards,
            RunSettings settings,
            Clock clock) {
        this.jdbc = jdbc;
        this.erasures = erasures;
        this.workers = workers;
        this.shards = shards;
        this.settings = settings;
        this.clock = clock;
    }

    /** How long a run of a model takes by what was measured before, and what a person is reckoned to need to decide. */
    public record Usual(Duration run, Duration decision) {}

    /** What a run of the caller's model {@code id} usually takes. */
    @Transactional(readOnly = true)
    public Usual usual(UUID model) {
        return new Usual(new Durations(Actor.current().controller()).of(model), settings.approvalTakes());
    }

    private record Active(
            UUID run,
            UUID model,
            RunState state,
            RunPriority said,
            @Nullable Instant startedAt) {}

    @PreAuthorize("hasAnyRole('PRIVACY_OFFICER', 'ENGINEER', 'AUDITOR', 'ADMIN')")
    @Transactional(readOnly = true)
    QueueForecast forecast() {
        var controller = Actor.current().controller();
        var now = clock.instant();
        var deadlines = erasures.deadlines(controller);
        var active = active(controller);
        var durations = new Durations(controller);
        long alive =
                workers.all(controller).stream().filter(WorkerTable.Row::alive).count();
        var ends = ends(deadlines, active, shards.of(controller, now), durations, alive, now);
        var all =
                deadlines.stream().map(one -> forecast(one, active, ends, now)).toList();
        return new QueueForecast(
                at(now),
                (int) alive,
                (int) all.stream().filter(DeadlineForecast::getLate).count(),
                all.stream().limit(MOST).toList());
    }

    private Map<UUID, Instant> ends(
            List<Deadline> deadlines,
            List<Active> active,
            ShardForecast.Load shared,
            Durations durations,
            long alive,
            Instant now) {
        var free = new ArrayList<>(shared.busy());
        var ends = new HashMap<UUID, Instant>();
        var busy = new HashMap<UUID, Instant>();
        var said = new HashMap<UUID, RunPriority>();
        for (var run : active) {
            if (run.state() == RunState.AWAITING_APPROVAL) {
                ends.put(run.run(), now.plus(settings.approvalTakes()));
                busy.put(run.model(), now.plus(settings.approvalTakes()));
            } else if (run.state() == RunState.QUEUED) {
                said.merge(run.model(), run.said(), (one, other) -> one.compareTo(other) > 0 ? one : other);
            } else {
                var begun = run.startedAt() == null ? now : run.startedAt();
                var end = later(begun.plus(durations.of(run.model())), now);
                ends.put(run.run(), end.plus(settings.approvalTakes()));
                busy.put(run.model(), end);
                free.add(end);
            }
        }
        while (free.size() < alive) {
            free.add(now);
        }
        var jobs = new HashMap<UUID, Forecast.Job>();
        for (var deadline : deadlines) {
            var models = new ArrayList<>(deadline.waiting());
            active.stream()
                    .filter(run ->
                            run.state() == RunState.QUEUED && deadline.runs().contains(run.run()))
                    .forEach(run -> models.add(run.model()));
            // what is held may be released any day, and then goes first: it is reckoned with
            for (var model : models) {
                jobs.merge(
                        model,
                        new Forecast.Job(
                                model,
                                said.getOrDefault(model, RunPriority.NORMAL),
                                deadline.dueAt(),
                                busy.getOrDefault(model, now),
                                durations.of(model)),
                        (one, other) -> Forecast.Job.ORDER.compare(one, other) <= 0 ? one : other);
            }
        }
        var all = new ArrayList<>(shared.waiting());
        all.addAll(jobs.values());
        Forecast.of(all, free.subList(0, (int) Math.min(free.size(), alive)))
                .forEach((model, end) -> ends.put(model, end.plus(settings.approvalTakes())));
        return ends;
    }

    /** The last of its models to be done is what counts; one that nobody has resolved yet takes no time worth telling. */
    private DeadlineForecast forecast(Deadline deadline, List<Active> active, Map<UUID, Instant> ends, Instant now) {
        var parts = new ArrayList<>(deadline.waiting());
        for (var run : deadline.runs()) {
            active.stream()
                    .filter(one -> one.run().equals(run) && one.state() == RunState.QUEUED)
                    .findFirst()
                    .ifPresentOrElse(queued -> parts.add(queued.model()), () -> parts.add(run));
        }
        var forecast = new DeadlineForecast(deadline.requestId(), at(deadline.dueAt()), true);
        if (deadline.held()) {
            return forecast.reason(DeadlineForecast.ReasonEnum.HELD);
        }
        if (deadline.needsPerson()) {
            return forecast.reason(DeadlineForecast.ReasonEnum.NEEDS_PERSON);
        }
        if (!ends.keySet().containsAll(parts)) {
            return forecast.reason(DeadlineForecast.ReasonEnum.NO_WORKER);
        }
        var expected = now;
        for (var part : parts) {
            expected = later(expected, Objects.requireNonNull(ends.get(part)));
        }
        boolean late = !expected.plus(settings.forecastMargin()).isBefore(deadline.dueAt());
        return forecast.late(late).expectedAt(at(expected)).reason(late ? DeadlineForecast.ReasonEnum.QUEUE : null);
    }

    private List<Active> active(UUID controller) {
        return jdbc.sql("""
                        select id, model_id, state, priority, started_at from run
                        where controller_id = ? and kind = 'UNLEARNING'
                          and state in ('QUEUED', 'RUNNING', 'RETRYING', 'AWAITING_APPROVAL')
                        """)
                .param(controller)
                .query((row, i) -> new Active(
                        row.getObject(1, UUID.class),
                        row.getObject(2, UUID.class),
                        RunState.valueOf(row.getString(3)),
                        RunPriority.valueOf(row.getString(4)),
                        instant(row.getTimestamp(5))))
                .list();
    }

    private static @Nullable Instant instant(@Nullable Timestamp stamp) {
        return stamp == null ? null : stamp.toInstant();
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    /** Medians of a model's last runs, else of the controller's, else what is set. */
    private final class Durations {

        private final UUID controller;
        private final Map<UUID, Duration> known = new HashMap<>();

        Durations(UUID controller) {
            this.controller = controller;
        }

        Duration of(UUID model) {
            return known.computeIfAbsent(model, one -> {
                var median = median("model_id", model);
                return median != null ? median : other();
            });
        }

        private Duration other() {
            var median = median("controller_id", controller);
            return median == null ? settings.runTakes() : median;
        }

        /** @param column of the run table, by name of ours */
        private @Nullable Duration median(String column, UUID id) {
            var seconds = jdbc.sql("""
                            select percentile_cont(0.5) within group (order by extract(epoch from worked_until - started_at))
                            from (select worked_until, started_at from run
                                  where %s = ? and kind = 'UNLEARNING' and state = 'SUCCEEDED' and worked_until is not null
                                  order by id desc limit %d) recent
                            """.formatted(column, RECENT))
                    .param(id)
                    .query(Double.class)
                    .optional();
            return seconds.map(value -> Duration.ofMillis(Math.round(1e3 * value)))
                    .orElse(null);
        }
    }
}
