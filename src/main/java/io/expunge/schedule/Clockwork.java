package io.expunge.schedule;

import io.expunge.api.MissedPolicy;
import io.expunge.audit.AuditLog;
import io.expunge.run.LightTask;
import io.expunge.schedule.FiringTable.Done;
import io.expunge.schedule.FiringTable.Open;
import io.expunge.schedule.FiringTable.Outcome;
import io.expunge.schedule.ScheduleTable.Row;
import io.expunge.shared.Ids;
import io.expunge.shared.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Notes what is due, then carries it out. What was noted is done even if the process ends in between: whoever comes next
 * finds it open.
 */
@Component
class Clockwork implements LightTask {

    private static final Logger log = LoggerFactory.getLogger(Clockwork.class);

    /** Later than this, a time has been missed. */
    private static final Duration LATE = Duration.ofMinutes(10);

    private static final int ATTEMPTS = 5;

    private final ScheduleTable schedules;
    private final FiringTable firings;
    private final Executor executor;
    private final AuditLog audit;
    private final TransactionTemplate transaction;
    private final Clock clock;

    Clockwork(
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
        transaction.executeWithoutResult(
                status -> schedules.due(clock.instant()).forEach(this::note));
        firings.open().forEach(this::carryOut);
    }

    private void note(Row row) {
        var now = clock.instant();
        var timetable = Timetable.read(row.order().getCron(), row.order().getTimeZone(), now);
        var first = row.nextAt() == null ? now : row.nextAt();
        var last = timetable.last(first, now);
        boolean missed = last.isBefore(now.minus(LATE));
        var id = Ids.next();
        firings.insert(id, row.id(), last, false);
        if (missed && row.order().getMissed() == MissedPolicy.SKIP) {
            end(
                    row,
                    new Open(id, row.id(), last, 0),
                    new Done(
                            Outcome.SKIPPED,
                            "its time passed while nothing ran",
                            0,
                            java.util.List.of(),
                            java.util.List.of()));
        }
        schedules.next(row.id(), timetable.next(now).orElse(null));
    }

    private void carryOut(Open firing) {
        var row = schedules.find(firing.scheduleId()).orElse(null);
        if (row == null) {
            return; // deleted meanwhile
        }
        firings.tried(firing.id());
        Done done;
        try {
            done = executor.execute(row, firing);
        } catch (Problem e) {
            done = Done.failed(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            log.error("schedule {} could not be carried out", row.id(), e);
            if (firing.attempts() + 1 < ATTEMPTS) {
                return; // the next round tries again
            }
            done = Done.failed("our own fault; it was logged");
        }
        var ended = done;
        transaction.executeWithoutResult(status -> end(row, firing, ended));
    }

    private void end(Row row, Open firing, Done done) {
        firings.end(firing.id(), done, clock.instant());
        audit.append(
                Executor.actor(row),
                "schedule." + done.outcome().name().toLowerCase(java.util.Locale.ROOT),
                "schedule",
                row.id(),
                Map.of(
                        "firing", firing.id().toString(),
                        "due", firing.dueAt().toString(),
                        "records", done.records(),
                        "requests", done.requests().size(),
                        "runs", done.runs().size()));
    }

    /** The first time from now on. */
    static Instant first(String cron, String zone, Instant now) {
        return Timetable.read(cron, zone, now).next(now).orElseThrow();
    }
}
