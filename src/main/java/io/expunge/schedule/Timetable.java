package io.expunge.schedule;

import io.expunge.shared.Problem;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.scheduling.support.CronExpression;

/**
 * When something is due: a cron expression of five fields on the clocks of a zone. A time that a clock skips in spring comes
 * as much later, and one that it repeats in autumn comes once.
 */
final class Timetable {

    private static final int FIELDS = 5;

    private final CronExpression cron;
    private final ZoneId zone;

    private Timetable(CronExpression cron, ZoneId zone) {
        this.cron = cron;
        this.zone = zone;
    }

    /**
     * Reads a timetable.
     *
     * @param now the first time is sought after this
     * @throws Problem naming the field, if it is none or no time of it ever comes
     */
    static Timetable read(String cron, String zone, Instant now) {
        var timetable = new Timetable(cron(cron.strip()), zone(zone));
        if (timetable.next(now).isEmpty()) {
            throw Problem.invalid("cron", "never comes");
        }
        return timetable;
    }

    private static CronExpression cron(String text) {
        if (!text.startsWith("@") && text.split("\\s+").length != FIELDS) {
            throw Problem.invalid(
                    "cron", "must have the five fields minute, hour, day of month, month and day of week");
        }
        try {
            return CronExpression.parse(text.startsWith("@") ? text : "0 " + text);
        } catch (IllegalArgumentException e) {
            throw Problem.invalid("cron", "is not a cron expression such as 30 2 * * 1-5");
        }
    }

    private static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw Problem.invalid("timeZone", "is not a time zone of the IANA database, such as Europe/Berlin");
        }
    }

    ZoneId zone() {
        return zone;
    }

    /** The first time after {@code now}. */
    Optional<Instant> next(Instant now) {
        // a clock that is set back may show a time before now again, and it has been served
        var clock = now.atZone(zone).toLocalDateTime();
        for (var time = cron.next(clock); time != null; time = cron.next(time)) {
            if (time.getYear() > clock.getYear() + 100) {
                break;
            }
            var instant = time.atZone(zone).toInstant();
            if (instant.isAfter(now)) {
                return Optional.of(instant);
            }
        }
        return Optional.empty();
    }

    /** The last time that is not after {@code now}, from a time that is known to be one. */
    Instant last(Instant one, Instant now) {
        var last = one;
        for (var next = next(last); next.isPresent() && !next.get().isAfter(now); next = next(last)) {
            last = next.get();
        }
        return last;
    }

    List<Instant> next(Instant now, int count) {
        var times = new ArrayList<Instant>();
        var after = now;
        for (var next = next(after); times.size() < count && next.isPresent(); next = next(after)) {
            after = next.get();
            times.add(after);
        }
        return times;
    }

    @Override
    public String toString() {
        return cron + " in " + (zone.equals(ZoneOffset.UTC) ? "UTC" : zone);
    }
}
