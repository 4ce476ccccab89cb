package io.expunge.schedule;

import io.expunge.api.ExpiredSelection;
import io.expunge.api.ListedSelection;
import io.expunge.api.NewErasureRequest;
import io.expunge.api.PendingSelection;
import io.expunge.audit.Actor;
import io.expunge.catalog.Models;
import io.expunge.catalog.RecordRef;
import io.expunge.erasure.Delivery;
import io.expunge.erasure.Erasures;
import io.expunge.evidence.Orders;
import io.expunge.run.Runs;
import io.expunge.schedule.FiringTable.Done;
import io.expunge.schedule.FiringTable.Open;
import io.expunge.schedule.FiringTable.Outcome;
import io.expunge.schedule.ScheduleTable.Row;
import io.expunge.shared.IdempotencyKey;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Carries a standing order out; done twice, it has done it once. */
@Component
class Executor {

    private final Scope scope;
    private final ScheduleTable schedules;
    private final Erasures erasures;
    private final Models models;
    private final Runs runs;
    private final Orders orders;
    private final TransactionTemplate transaction;

    Executor(
            Scope scope,
            ScheduleTable schedules,
            Erasures erasures,
            Models models,
            Runs runs,
            Orders orders,
            TransactionTemplate transaction) {
        this.scope = scope;
        this.schedules = schedules;
        this.erasures = erasures;
        this.models = models;
        this.runs = runs;
        this.orders = orders;
        this.transaction = transaction;
    }

    /** In whose name it acts: that of whoever left the order, and who therefore cannot approve what comes of it. */
    static Actor actor(Row row) {
        return new Actor(row.controllerId(), ZoneId.of(row.order().getTimeZone()), row.createdBy(), java.util.Set.of());
    }

    Done execute(Row row, Open firing) {
        return switch (row.order().getSelection()) {
            case PendingSelection pending -> pending(row, firing, pending);
            case ExpiredSelection expired -> expired(row, firing, expired);
            case ListedSelection listed -> listed(row, firing, listed);
            default -> Done.failed("the selection is not known here");
        };
    }

    private Done pending(Row row, Open firing, PendingSelection selection) {
        var wanted = Objects.requireNonNullElse(selection.getModelIds(), List.<UUID>of());
        var started = new ArrayList<UUID>();
        for (var model : erasures.modelsWaiting()) {
            if (models.model(model).controller().equals(row.controllerId())
                    && (wanted.isEmpty() || wanted.contains(model))
                    && !runs.active(model)
                    && erasures.waitingFor(model) > 0) {
                started.add(order(row, firing, model, List.of()));
            }
        }
        return done(0, List.of(), started);
    }

    private Done expired(Row row, Open firing, ExpiredSelection selection) {
        var requests = scope.expired(row, selection, firing.dueAt());
        var done = file(row, firing, requests);
        schedules.filedUntil(row.id(), Scope.lastDay(row, selection, firing.dueAt()));
        return done;
    }

    private Done listed(Row row, Open firing, ListedSelection selection) {
        var actor = actor(row);
        return file(row, firing, scope.listed(actor, selection, scope.known(actor, row)));
    }

    private Done file(Row row, Open firing, List<NewErasureRequest> requests) {
        var filed = new ArrayList<UUID>();
        var started = new ArrayList<UUID>();
        long records = 0;
        for (int i = 0; i < requests.size(); i++) {
            var key = "schedule " + firing.id() + " " + i;
            var id = erasures.file(actor(row), requests.get(i), new Delivery(key, true, null));
            filed.add(id);
            var standing = Objects.requireNonNull(transaction.execute(status -> erasures.resolveNow(id)));
            records += standing.records();
            if (row.order().getMethod() != null || row.order().getPolicy() != null) {
                for (var model : erasures.modelsWaiting(id)) {
                    started.add(order(row, firing, model, List.of(id)));
                }
            }
        }
        return done(records, filed, started);
    }

    private UUID order(Row row, Open firing, UUID model, List<UUID> requests) {
        var text = "schedule-" + firing.id() + "-" + model + "-" + requests.size();
        return orders.order(
                actor(row),
                model,
                requests,
                row.order().getPolicy(),
                row.order().getMethod(),
                Objects.requireNonNull(IdempotencyKey.of(text, text)));
    }

    private static Done done(long records, List<UUID> requests, List<UUID> runs) {
        var outcome = requests.isEmpty() && runs.isEmpty() ? Outcome.NOTHING : Outcome.DONE;
        return new Done(outcome, null, records, requests, runs);
    }

    /** How many different records these name. */
    static long records(List<NewErasureRequest> requests) {
        return requests.stream()
                .flatMap(request ->
                        Objects.requireNonNullElse(request.getRecords(), List.<io.expunge.api.RecordSelection>of())
                                .stream())
                .flatMap(selection -> selection.getOrdinals().stream()
                        .map(ordinal -> new RecordRef(selection.getDatasetId(), ordinal)))
                .distinct()
                .count();
    }
}
