package io.expunge.console;

import io.expunge.audit.Actor;
import io.expunge.shared.Dates;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Says times, ids and numbers as people read them; templates call it {@code show}. */
@Component
class Show {

    private static final int SHORT_ID = 8;
    private static final Properties HAPPENED = sentences();

    private final Clock clock;

    Show(Clock clock) {
        this.clock = clock;
    }

    private static Properties sentences() {
        try (var in = Show.class.getResourceAsStream("log-sentences.properties")) {
            var all = new Properties();
            all.load(new InputStreamReader(Objects.requireNonNull(in), StandardCharsets.UTF_8));
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What an entry of the audit log says, in words; its name where there are none. */
    public String happened(String action) {
        return HAPPENED.getProperty(action, action);
    }

    /**
     * How much time is left.
     *
     * @param level {@code overdue}, {@code soon}, {@code week} or {@code fine}
     */
    public record Left(String text, String level) {}

    /** A time in the controller's zone, with the zone's name. */
    public String at(@Nullable TemporalAccessor time) {
        return time == null ? "" : Dates.at(instant(time), Actor.current().zone());
    }

    /** The last day on which something is in time, where {@code due} is the first instant that is too late. */
    public String lastDay(TemporalAccessor due) {
        return Dates.lastDay(instant(due), Actor.current().zone());
    }

    /** For machines. */
    public String iso(@Nullable TemporalAccessor time) {
        return time == null ? "" : instant(time).toString();
    }

    /** How long ago, or in how long. */
    public String ago(@Nullable TemporalAccessor time) {
        if (time == null) {
            return "";
        }
        var between = Duration.between(instant(time), clock.instant());
        return between.isNegative()
                ? "in " + length(between.negated())
                : between.toSeconds() < 5 ? "just now" : length(between) + " ago";
    }

    public Left left(TemporalAccessor due) {
        var left = Duration.between(clock.instant(), instant(due));
        if (left.isNegative()) {
            return new Left("overdue by " + length(left.negated()), "overdue");
        }
        var level = left.toDays() < 3 ? "soon" : left.toDays() < 7 ? "week" : "fine";
        return new Left(length(left) + " left", level);
    }

    /** A length of time in its largest unit. */
    public String length(Duration time) {
        if (time.toDays() >= 1) {
            return counted(time.toDays(), "day");
        }
        if (time.toHours() >= 1) {
            return counted(time.toHours(), "hour");
        }
        return time.toMinutes() >= 1 ? counted(time.toMinutes(), "minute") : counted(time.toSeconds(), "second");
    }

    public String seconds(@Nullable Double seconds) {
        return seconds == null ? "" : length(Duration.ofMillis(Math.round(1e3 * seconds)));
    }

    /** A number with the noun that goes with it. */
    public String counted(long count, String noun) {
        var plural = noun.endsWith("y") && !noun.endsWith("ay") && !noun.endsWith("ey")
                ? noun.substring(0, noun.length() - 1) + "ies"
                : noun.equals("person") ? "people" : noun + "s";
        return whole(count) + " " + (count == 1 ? noun : plural);
    }

    public String whole(@Nullable Number number) {
        return number == null ? "–" : String.format(Locale.UK, "%,d", number.longValue());
    }

    /** At most four significant digits. */
    public String number(@Nullable Number number) {
        if (number == null) {
            return "–";
        }
        double value = number.doubleValue();
        if (value == Math.rint(value) && Math.abs(value) < 1e6) {
            return whole((long) value);
        }
        double size = Math.abs(value);
        return size >= 1e5 || size < 1e-3
                ? String.format(Locale.UK, "%.2e", value)
                : new java.math.BigDecimal(value)
                        .round(new java.math.MathContext(4))
                        .stripTrailingZeros()
                        .toPlainString();
    }

    /** A measurement for columns that are compared: three decimals, or {@link #number} from 1,000 on. */
    public String measured(@Nullable Number number) {
        if (number == null || Math.abs(number.doubleValue()) >= 1e3 || Double.isNaN(number.doubleValue())) {
            return number(number);
        }
        return new java.math.BigDecimal(number.doubleValue())
                .setScale(3, java.math.RoundingMode.HALF_EVEN)
                .toPlainString();
    }

    public String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        int unit = Math.min(4, (63 - Long.numberOfLeadingZeros(bytes)) / 10);
        return String.format(Locale.UK, "%.1f %siB", bytes / Math.pow(1024, unit), " KMGT".charAt(unit));
    }

    /** The end of an id, by which people tell one from another: its beginning is a time that many share. */
    public String id(@Nullable UUID id) {
        return id == null ? "" : id.toString().substring(36 - SHORT_ID);
    }

    public String digest(@Nullable String digest) {
        return digest == null ? "" : digest.substring(0, Math.min(12, digest.length()));
    }

    /** {@code in_progress} as {@code in progress}. */
    public String words(@Nullable Object name) {
        return name == null
                ? ""
                : name.toString().toLowerCase(Locale.ROOT).replace('_', ' ').replace('-', ' ');
    }

    public String roles(java.util.Collection<?> roles) {
        return roles.stream().map(this::words).collect(java.util.stream.Collectors.joining(", "));
    }

    /** With a capital at its beginning. */
    public String title(@Nullable Object name) {
        var words = words(name);
        return words.isEmpty() ? words : words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }

    /** What people call whoever acted. */
    public String who(@Nullable Map<String, String> names, @Nullable String actor) {
        if (actor == null) {
            return "";
        }
        if (actor.equals("system")) {
            return "the service";
        }
        var name = names == null ? null : names.get(actor);
        if (name != null) {
            return actor.startsWith("key:") ? "key " + name : name;
        }
        return actor.length() > 40 ? actor.substring(0, 4) + "…" + actor.substring(actor.length() - SHORT_ID) : actor;
    }

    private static Instant instant(TemporalAccessor time) {
        return time instanceof OffsetDateTime offset ? offset.toInstant() : Instant.from(time);
    }
}
