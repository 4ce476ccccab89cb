package io.expunge.schedule;

import io.expunge.audit.AuditLog;
import io.expunge.run.LightTask;
import io.expunge.schedule.FiringTable.Done;
import io.expunge.schedule.FiringTable.Open;
import io.expunge.schedule.ScheduleTable.Row;
import io.expunge.shared.Problem;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Carries out what was noted. It is done even if the process ends in between: whoever comes next finds it open, but for some
 * times only, so that one that ends processes does not go on doing so.
 */
@Component
class Firings implements LightTask {

    private static final Logger log = LoggerFactory.getLogger(Firings.class);
    private static final int ATTEMPTS = 5;
    private static final Duration HISTORY = Duration.ofDays(730);

    private final ScheduleTable schedules;
    private final FiringTable firings;
    private final Executor executor;
    private final AuditLog audit;
    private final TransactionTemplate transaction;
    private final Clock clock;

    Firings(
            ScheduleTable schedules,
            FiringTable firings,
            Executor executor,
            AuditLog audit,
            TransactionTemplate transaction,
            Clock clock) {
        this.schedules = schedules;
        this.firings = firings;
        this.executor = executor;
        this.audit = audit;
        this.transaction = transaction;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "schedules";
    }

    @Override
    public Duration every() {
        return Duration.ofSeconds(2);
    }

    @Override
    public void execute() {
        for (var firing : firings.open()) {
            // one that was deleted meanwhile takes its firings with it
            schedules.find(firing.scheduleId()).ifPresent(row -> carryOut(row, firing));
        }
        firings.forget(clock.instant().minus(HISTORY));
    }

    private void carryOut(Row row, Open firing) {
        if (firing.attempts() >= ATTEMPTS) {
            settle(row, firing, Done.failed("it was begun " + ATTEMPTS + " times and never ended"));
            return;
        }
        firings.tried(firing.id());
        try {
            settle(row, firing, executor.execute(row, firing));
        } catch (Problem e) {
            if (e.kind() != Problem.Kind.UNAVAILABLE) {
                settle(row, firing, Done.failed(String.valueOf(e.getMessage())));
            }
        } catch (RuntimeException e) {
            log.error("schedule {} could not be carried out; it is tried again", row.id(), e);
        }
    }

    private void settle(Row row, Open firing, Done done) {
        transaction.executeWithoutResult(status -> end(row, firing, done));
    }

    /** In the caller's transaction. */
    void end(Row row, Open firing, Done done) {
        firings.end(firing.id(), done, clock.instant());
        audit.append(
                Executor.orderer(row, firing),
                "schedule." + done.outcome().name().toLowerCase(Locale.ROOT),
                "schedule",
                row.id(),
                Map.of(
                        "firing", firing.id().toString(),
                        "due", firing.dueAt().toString(),
                        "records", done.records(),
                        "requests", done.requests().size(),
                        "runs", done.runs().size()));
    }
}
