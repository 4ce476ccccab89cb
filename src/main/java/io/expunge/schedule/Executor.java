package io.expunge.schedule;

import io.expunge.api.ExpiredSelection;
import io.expunge.api.ListedSelection;
import io.expunge.api.NewErasureRequest;
import io.expunge.api.NewSchedule;
import io.expunge.api.PendingSelection;
import io.expunge.audit.Actor;
import io.expunge.catalog.Models;
import io.expunge.erasure.Delivery;
import io.expunge.erasure.Erasures;
import io.expunge.evidence.Orders;
import io.expunge.run.Runs;
import io.expunge.schedule.FiringTable.Done;
import io.expunge.schedule.FiringTable.Open;
import io.expunge.schedule.FiringTable.Outcome;
import io.expunge.schedule.ScheduleTable.Row;
import io.expunge.shared.IdempotencyKey;
import io.expunge.shared.Problem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Carries a standing order out; done twice, it has done it once. */
@Component
class Executor {

    private final Scope scope;
    private final ScheduleTable schedules;
    private final FiringTable firings;
    private final Erasures erasures;
    private final Models models;
    private final Runs runs;
    private final Orders orders;
    private final TransactionTemplate transaction;

    Executor(
            Scope scope,
            ScheduleTable schedules,
            FiringTable firings,
            Erasures erasures,
            Models models,
            Runs runs,
            Orders orders,
            TransactionTemplate transaction) {
        this.scope = scope;
        this.schedules = schedules;
        this.firings = firings;
        this.erasures = erasures;
        this.models = models;
        this.runs = runs;
        this.orders = orders;
        this.transaction = transaction;
    }

    /**
     * In whose name requests are filed: that of whoever named whom they are about, and who therefore cannot approve what comes
     * of it.
     */
    static Actor filer(Row row) {
        var name = row.listBy() == null ? row.createdBy() : row.listBy();
        return new Actor(row.controllerId(), row.zone(), name, Set.of());
    }

    /** In whose name runs are ordered: that of whoever had this done. */
    static Actor orderer(Row row, Open firing) {
        var name = firing.byHand() == null ? row.createdBy() : firing.byHand();
        return new Actor(row.controllerId(), row.zone(), name, Set.of());
    }

    Done execute(Row row, Open firing) {
        var order = row.order();
        return switch (order.getSelection()) {
            case PendingSelection pending -> new Work(row, order, firing).pending(pending);
            case ExpiredSelection expired -> new Work(row, order, firing).expired(expired);
            case ListedSelection listed -> new Work(row, order, firing).listed(listed);
            default -> Done.failed("the selection is not known here");
        };
    }

    /** One time that an order is carried out; what cannot be done for one model does not keep it from the others. */
    private final class Work {

        private final Row row;
        private final NewSchedule order;
        private final Open firing;
        private final List<UUID> filed = new ArrayList<>();
        private final Set<UUID> started;
        private final List<String> refused = new ArrayList<>();
        private long records;

        Work(Row row, NewSchedule order, Open firing) {
            this.row = row;
            this.order = order;
            this.firing = firing;
            this.started = new LinkedHashSet<>(firings.runs(firing.id()));
        }

        Done pending(PendingSelection selection) {
            var wanted = Objects.requireNonNullElse(selection.getModelIds(), List.<UUID>of());
            for (var model : erasures.modelsWaiting()) {
                if (models.model(model).controller().equals(row.controllerId())
                        && (wanted.isEmpty() || wanted.contains(model))
                        && !runs.active(model)
                        && erasures.waitingFor(model) > 0) {
                    order(model, List.of(), firing.id() + "-" + model);
                }
            }
            return done();
        }

        Done expired(ExpiredSelection selection) {
            var last = Scope.lastDay(order, selection, firing.dueAt());
            file(scope.expired(row, selection, last));
            schedules.filedUntil(row.id(), last);
            orderRuns();
            return done();
        }

        Done listed(ListedSelection selection) {
            file(scope.listed(selection, scope.known(filer(row), row, selection)));
            orderRuns();
            return done();
        }

        private void file(List<NewErasureRequest> requests) {
            for (int i = 0; i < requests.size(); i++) {
                var key = "schedule " + firing.id() + " " + i;
                var id = erasures.file(filer(row), requests.get(i), new Delivery(key, true, null));
                filed.add(id);
                records += Objects.requireNonNull(transaction.execute(status -> erasures.resolveNow(id)))
                        .records();
            }
        }

        /** Only where the order itself says how; otherwise the models' policies decide, as for any request. */
        private void orderRuns() {
            if (order.getMethod() == null && order.getPolicy() == null) {
                return;
            }
            for (var request : filed) {
                for (var model : erasures.modelsWaiting(request)) {
                    order(model, List.of(request), request + "-" + model);
                }
            }
        }

        private void order(UUID model, List<UUID> requests, String key) {
            try {
                started.add(Objects.requireNonNull(transaction.execute(status -> {
                    var run = orders.order(
                            orderer(row, firing),
                            model,
                            requests,
                            order.getPolicy(),
                            order.getMethod(),
                            Objects.requireNonNull(IdempotencyKey.of("schedule-" + key, key)));
                    firings.ordered(firing.id(), run);
                    return run;
                })));
            } catch (Problem e) {
                if (e.kind() == Problem.Kind.UNAVAILABLE) {
                    throw e;
                }
                refused.add("model " + model + ": " + e.getMessage());
            }
        }

        private Done done() {
            if (!refused.isEmpty()) {
                return new Done(Outcome.FAILED, String.join("; ", refused), records, filed, List.copyOf(started));
            }
            var outcome = filed.isEmpty() && started.isEmpty() ? Outcome.NOTHING : Outcome.DONE;
            return new Done(outcome, null, records, filed, List.copyOf(started));
        }
    }
}
