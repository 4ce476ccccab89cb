package io.expunge.schedule;

import io.expunge.api.DryRun;
import io.expunge.api.DryRunModel;
import io.expunge.api.ExpiredSelection;
import io.expunge.api.Firing;
import io.expunge.api.ListedSelection;
import io.expunge.api.MissedPolicy;
import io.expunge.api.NewErasureRequest;
import io.expunge.api.NewSchedule;
import io.expunge.api.PendingSelection;
import io.expunge.api.Schedule;
import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.catalog.Models;
import io.expunge.catalog.RecordDates;
import io.expunge.erasure.Erasures;
import io.expunge.erasure.SubjectLists;
import io.expunge.evidence.Orders;
import io.expunge.schedule.ScheduleTable.Row;
import io.expunge.shared.IdempotencyKey;
import io.expunge.shared.Ids;
import io.expunge.shared.Page;
import io.expunge.shared.Problem;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.core.JacksonException;

/** Standing orders of a controller. */
@Service
class Schedules {

    private static final String READERS = "hasAnyRole('ENGINEER', 'PRIVACY_OFFICER', 'AUDITOR')";
    private static final String OFFICER = "hasRole('PRIVACY_OFFICER')";
    private static final int TIMES = 5;
    private static final Period LONGEST = Period.ofYears(100);

    private final ScheduleTable table;
    private final FiringTable firings;
    private final Scope scope;
    private final SubjectLists lists;
    private final RecordDates dates;
    private final Models models;
    private final Erasures erasures;
    private final Orders orders;
    private final AuditLog audit;
    private final Clock clock;

    Schedules(
            ScheduleTable table,
            FiringTable firings,
            Scope scope,
            SubjectLists lists,
            RecordDates dates,
            Models models,
            Erasures erasures,
            Orders orders,
            AuditLog audit,
            Clock clock) {
        this.table = table;
        this.firings = firings;
        this.scope = scope;
        this.lists = lists;
        this.dates = dates;
        this.models = models;
        this.erasures = erasures;
        this.orders = orders;
        this.audit = audit;
        this.clock = clock;
    }

    @PreAuthorize(READERS)
    @Transactional(readOnly = true)
    List<Schedule> list() {
        var rows = table.list(Actor.current().controller());
        var last = firings.last(rows.stream().map(Row::id).toList());
        return rows.stream()
                .flatMap(row -> {
                    try {
                        return Stream.of(view(row, last.get(row.id())));
                    } catch (JacksonException e) {
                        return Stream.of(); // it can still be deleted by its id, which the log has
                    }
                })
                .toList();
    }

    @PreAuthorize(READERS)
    @Transactional(readOnly = true)
    Schedule find(UUID id) {
        return view(own(id));
    }

    /** Makes a standing order, or finds the one that was made under this key. */
    @PreAuthorize(OFFICER)
    @Transactional
    Schedule create(NewSchedule declared, @Nullable IdempotencyKey key) {
        var actor = Actor.current();
        var now = clock.instant();
        var first = Timetable.read(declared.getCron(), declared.getTimeZone(), now)
                .next(now)
                .orElseThrow();
        check(actor, declared);
        var id = Ids.next();
        boolean paused = Boolean.TRUE.equals(declared.getPaused());
        if (!table.insert(id, actor.controller(), declared, paused ? null : first, key, actor, now)) {
            return view(earlier(actor, key));
        }
        say(actor, "created", id, Map.of("cron", declared.getCron(), "zone", declared.getTimeZone()));
        return find(id);
    }

    private Row earlier(Actor actor, @Nullable IdempotencyKey key) {
        if (key != null) {
            var earlier = table.findByKey(actor.controller(), key.value());
            if (earlier.isPresent()) {
                key.requireSame(earlier.get().fingerprint());
                return earlier.get();
            }
        }
        throw Problem.conflict("schedule-exists", "there is a schedule of this name already");
    }

    private void check(Actor actor, NewSchedule declared) {
        if (declared.getPolicy() != null) {
            orders.requirePolicy(actor.controller(), declared.getPolicy());
        }
        switch (declared.getSelection()) {
            case PendingSelection pending -> {
                for (var model : Objects.requireNonNullElse(pending.getModelIds(), List.<UUID>of())) {
                    var found = models.ownModel(model);
                    if (declared.getMethod() != null && !declared.getMethod().edits(found.architecture())) {
                        throw Problem.refused("method-does-not-fit", "method", "does not edit models of this kind");
                    }
                }
            }
            case ExpiredSelection expired -> {
                dates.requireDated(actor.controller(), expired.getDatasetId(), "selection.datasetId");
                requirePeriod(expired.getKeepFor());
            }
            case ListedSelection ignored -> {} // the list comes later
            default -> throw Problem.invalid("selection.name", "is not known here");
        }
    }

    private static void requirePeriod(String text) {
        Period period;
        try {
            period = Period.parse(text);
        } catch (DateTimeException e) {
            throw Problem.invalid("selection.keepFor", "must be a period such as P2Y or P90D");
        }
        var end = LocalDate.EPOCH.plus(period);
        if (end.isBefore(LocalDate.EPOCH) || end.isAfter(LocalDate.EPOCH.plus(LONGEST))) {
            throw Problem.invalid("selection.keepFor", "must be at least P0D and at most P100Y");
        }
    }

    @PreAuthorize(OFFICER)
    @Transactional
    void delete(UUID id) {
        own(id);
        table.delete(id);
        lists.drop(id);
        say(Actor.current(), "deleted", id, Map.of());
    }

    @PreAuthorize(OFFICER)
    @Transactional
    void put(UUID id, List<String> subjects) {
        if (!(own(id).order().getSelection() instanceof ListedSelection)) {
            throw Problem.conflict("no-list-wanted", "schedule " + id + " has no selection of kind listed");
        }
        for (int i = 0; i < subjects.size(); i++) {
            if (subjects.get(i).isBlank()) {
                throw Problem.invalid("subjects[" + i + "]", "must not be blank");
            }
        }
        var people = subjects.stream().map(String::strip).distinct().toList();
        lists.put(id, people);
        table.listedBy(id, Actor.current().name());
        say(Actor.current(), "list-changed", id, Map.of("subjects", people.size()));
    }

    @PreAuthorize(OFFICER)
    @Transactional
    Schedule pause(UUID id) {
        if (!own(id).paused()) {
            table.next(id, null);
            say(Actor.current(), "paused", id, Map.of());
        }
        return find(id);
    }

    @PreAuthorize(OFFICER)
    @Transactional
    Schedule resume(UUID id) {
        var row = own(id);
        if (row.paused()) {
            table.next(id, first(row.order()));
            say(Actor.current(), "resumed", id, Map.of());
        }
        return find(id);
    }

    private Instant first(NewSchedule order) {
        var now = clock.instant();
        return Timetable.read(order.getCron(), order.getTimeZone(), now)
                .next(now)
                .orElseThrow();
    }

    /** Has it carried out in a moment. */
    @PreAuthorize(OFFICER)
    @Transactional
    Firing run(UUID id) {
        own(id);
        if (firings.waits(id)) {
            throw Problem.conflict("already-running", "schedule " + id + " is being carried out");
        }
        var firing = Ids.next();
        firings.insert(firing, id, clock.instant(), Actor.current().name());
        say(Actor.current(), "run-by-hand", id, Map.of("firing", firing.toString()));
        return firings.find(firing).orElseThrow();
    }

    @PreAuthorize(READERS)
    @Transactional(readOnly = true)
    Page<Firing> history(UUID id, @Nullable String cursor, @Nullable Integer asked) {
        own(id);
        int limit = Page.limit(asked);
        return Page.of(firings.page(id, Page.before(cursor), limit + 1), limit, Firing::getId);
    }

    /** What would happen now. */
    @PreAuthorize(READERS)
    @Transactional(readOnly = true)
    DryRun dryRun(UUID id) {
        var row = own(id);
        var actor = Executor.filer(row);
        var order = row.order();
        var now = clock.instant();
        var affected = new LinkedHashMap<UUID, DryRunModel>();
        long people = 0;
        List<NewErasureRequest> requests = List.of();
        long records = 0;
        switch (order.getSelection()) {
            case PendingSelection pending -> pending(row, pending, affected);
            case ExpiredSelection expired -> {
                requests = scope.expired(row, expired, Scope.lastDay(order, expired, now));
            }
            case ListedSelection listed -> {
                var known = scope.known(actor, row, listed);
                people = known.size();
                requests = scope.listed(listed, known);
            }
            default -> {}
        }
        for (var request : requests) {
            var resolution = erasures.preview(actor, request);
            records += resolution.records().size();
            for (var model : resolution.models()) {
                var seen = affected.computeIfAbsent(model.modelId(), this::model);
                seen.records(seen.getRecords() + model.records().size());
            }
        }
        return new DryRun(
                Timetable.read(order.getCron(), order.getTimeZone(), now).next(now, TIMES).stream()
                        .map(time -> time.atOffset(ZoneOffset.UTC))
                        .toList(),
                records,
                people,
                requests.size(),
                List.copyOf(affected.values()));
    }

    private void pending(Row row, PendingSelection pending, Map<UUID, DryRunModel> affected) {
        var wanted = Objects.requireNonNullElse(pending.getModelIds(), List.<UUID>of());
        for (var model : erasures.modelsWaiting()) {
            if ((wanted.isEmpty() || wanted.contains(model))
                    && models.model(model).controller().equals(row.controllerId())) {
                affected.put(model, model(model));
            }
        }
    }

    private DryRunModel model(UUID id) {
        return new DryRunModel(id, 0L, erasures.waitingFor(id));
    }

    private void say(Actor actor, String what, UUID id, Map<String, ?> details) {
        audit.append(actor, "schedule." + what, "schedule", id, details);
    }

    private Row own(UUID id) {
        return table.find(Actor.current().controller(), id).orElseThrow(() -> Problem.notFound("schedule", id));
    }

    private Schedule view(Row row) {
        return view(row, firings.last(List.of(row.id())).get(row.id()));
    }

    private Schedule view(Row row, @Nullable Firing last) {
        var order = row.order();
        var people = lists.size(row.id());
        return new Schedule(
                        row.id(),
                        order.getName(),
                        order.getCron(),
                        order.getTimeZone(),
                        order.getSelection(),
                        Objects.requireNonNullElse(order.getMissed(), MissedPolicy.RUN_ONCE),
                        row.paused(),
                        row.createdAt().atOffset(ZoneOffset.UTC))
                .method(order.getMethod())
                .policy(order.getPolicy())
                .subjects(people.isPresent() ? people.getAsInt() : null)
                .nextAt(at(row.nextAt()))
                .last(last);
    }

    private static java.time.@Nullable OffsetDateTime at(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }
}
