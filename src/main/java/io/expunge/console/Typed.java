package io.expunge.console;

import io.expunge.audit.Actor;
import io.expunge.shared.Problem;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;

/** What people type into a form, read in the controller's time zone. */
final class Typed {

    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm");

    private Typed() {}

    /** A time as a browser's field has it. */
    static OffsetDateTime time(String field, String typed) {
        try {
            return LocalDateTime.parse(typed).atZone(Actor.current().zone()).toOffsetDateTime();
        } catch (DateTimeParseException e) {
            throw Problem.invalid(field, "must be a day and a time, as in 2026-12-31T10:30");
        }
    }

    /** The same the other way round. */
    static String local(Instant instant) {
        return local(instant, Actor.current().zone());
    }

    static String local(Instant instant, ZoneId zone) {
        return LOCAL.format(instant.truncatedTo(ChronoUnit.MINUTES).atZone(zone));
    }
}
