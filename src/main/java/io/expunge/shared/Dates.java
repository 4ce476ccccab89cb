package io.expunge.shared;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times as people read them. */
public final class Dates {

    /** Of whoever has no zone of their own. */
    public static final ZoneId UTC = ZoneId.of("UTC");

    private static final DateTimeFormatter FULL = DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm zzz", Locale.UK);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("EEE d MMM uuuu", Locale.UK);

    private Dates() {}

    /** To the minute, with the zone's name. */
    public static String at(Instant time, ZoneId zone) {
        return FULL.format(time.atZone(zone));
    }

    /** The last day on which something is in time, where {@code due} is the first instant that is too late. */
    public static String lastDay(Instant due, ZoneId zone) {
        return DAY.format(due.minusMillis(1).atZone(zone));
    }
}
