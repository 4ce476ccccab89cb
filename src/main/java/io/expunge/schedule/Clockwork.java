package io.expunge.schedule;

import io.expunge.api.MissedPolicy;
import io.expunge.run.LightTask;
import io.expunge.schedule.FiringTable.Done;
import io.expunge.schedule.FiringTable.Open;
import io.expunge.schedule.FiringTable.Outcome;
import io.expunge.schedule.ScheduleTable.Row;
import io.expunge.shared.Ids;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Notes which standing orders are due; another task carries them out, however long that takes. */
@Component
class Clockwork implements LightTask {

    private static final Logger log = LoggerFactory.getLogger(Clockwork.class);

    /** Later than this, a time has been missed. */
    private static final Duration LATE = Duration.ofMinutes(10);

    private final ScheduleTable schedules;
    private final FiringTable firings;
    private final Firings settled;
    private final TransactionTemplate transaction;
    private final Clock clock;

    Clockwork(
            ScheduleTable schedules,
            FiringTable firings,
            Firings settled,
            TransactionTemplate transaction,
            Clock clock) {
        this.schedules = schedules;
        this.firings = firings;
        this.settled = settled;
        this.transaction = transaction;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "schedule-clock";
    }

    @Override
    public Duration every() {
        return Duration.ofSeconds(2);
    }

    @Override
    public void execute() {
        transaction.executeWithoutResult(status -> schedules
                .due(clock.instant())
                .forEach(row -> {
                    try {
                        note(row);
                    } catch (RuntimeException e) {
                        pause(row, e);
                    }
                }));
    }

    private void note(Row row) {
        var now = clock.instant();
        var order = row.order();
        var timetable = Timetable.read(order.getCron(), order.getTimeZone(), now);
        var last = timetable.last(row.nextAt() == null ? now : row.nextAt(), now);
        boolean missed = last.isBefore(now.minus(LATE));
        var firing = new Open(Ids.next(), row.id(), last, null, 0);
        firings.insert(firing.id(), row.id(), last, null);
        if (missed && order.getMissed() == MissedPolicy.SKIP) {
            settled.end(
                    row,
                    firing,
                    new Done(Outcome.SKIPPED, "its time passed while nothing ran", 0, List.of(), List.of()));
        }
        schedules.next(row.id(), timetable.next(now).orElse(null));
    }

    /** One that was left under rules that are no more waits for a person, and keeps nobody else waiting. */
    private void pause(Row row, RuntimeException e) {
        log.error(
                "schedule {} is paused, since it cannot be read: {}",
                row.id(),
                e.getClass().getName());
        var now = clock.instant();
        var firing = new Open(Ids.next(), row.id(), now, null, 0);
        firings.insert(firing.id(), row.id(), now, null);
        settled.end(row, firing, Done.failed("it cannot be read any more; delete it and leave it anew"));
        schedules.next(row.id(), null);
    }
}
