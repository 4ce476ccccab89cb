package io.expunge.erasure;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Optional;

/**
 * Which law sets the deadlines. All are counted in days of the controller's zone, from the day of the controller's receipt,
 * and end with the last hour of their last day.
 *
 * <p>Weekends and holidays put nothing off: Regulation 1182/71 Article 3(4) would move a last day that is one to the next
 * working day, but which days are holidays differs between member states, and whoever keeps the earlier day is never late.
 */
enum Regulation {
    /** One calendar month, and two further months: GDPR Article 12(3). */
    GDPR {
        @Override
        LocalDate lastDay(LocalDate received) {
            return received.plusMonths(1);
        }

        @Override
        LocalDate extendedLastDay(LocalDate received) {
            return received.plusMonths(3);
        }
    },
    /** 45 calendar days, and 45 more: California Civil Code 1798.130(a)(2); receipt to be confirmed within 10 business days. */
    CCPA {
        @Override
        LocalDate lastDay(LocalDate received) {
            return received.plusDays(45);
        }

        @Override
        LocalDate extendedLastDay(LocalDate received) {
            return received.plusDays(90);
        }

        @Override
        Optional<LocalDate> acknowledgementDay(LocalDate received) {
            var day = received;
            for (int left = BUSINESS_DAYS; left > 0; ) {
                day = day.plusDays(1);
                if (day.getDayOfWeek() != DayOfWeek.SATURDAY && day.getDayOfWeek() != DayOfWeek.SUNDAY) {
                    left--;
                }
            }
            return Optional.of(day);
        }
    };

    private static final int BUSINESS_DAYS = 10;

    abstract LocalDate lastDay(LocalDate received);

    /** The last day once the period was extended; from receipt, not from the end of the first period. */
    abstract LocalDate extendedLastDay(LocalDate received);

    /** The last day to confirm receipt, where the law asks for that. */
    Optional<LocalDate> acknowledgementDay(LocalDate received) {
        return Optional.empty();
    }

    /** The first instant that is too late. */
    Instant due(Instant received, ZoneId zone) {
        return after(lastDay(day(received, zone)), zone);
    }

    /** The first instant that is too late once the period was extended. */
    Instant extended(Instant received, ZoneId zone) {
        return after(extendedLastDay(day(received, zone)), zone);
    }

    /** The first instant that is too late to confirm receipt. */
    Optional<Instant> acknowledgement(Instant received, ZoneId zone) {
        return acknowledgementDay(day(received, zone)).map(day -> after(day, zone));
    }

    private static LocalDate day(Instant instant, ZoneId zone) {
        return instant.atZone(zone).toLocalDate();
    }

    private static Instant after(LocalDate day, ZoneId zone) {
        return day.plusDays(1).atStartOfDay(zone).toInstant();
    }
}
