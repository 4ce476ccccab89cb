package io.expunge.erasure;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/** Which law sets the deadline. */
enum Regulation {
    /** One calendar month from receipt: GDPR Article 12(3); the period ends with the last hour of its last day. */
    GDPR {
        @Override
        LocalDate lastDay(LocalDate received) {
            return received.plusMonths(1);
        }
    },
    /** 45 calendar days from receipt: California Civil Code 1798.130(a)(2). */
    CCPA {
        @Override
        LocalDate lastDay(LocalDate received) {
            return received.plusDays(45);
        }
    };

    abstract LocalDate lastDay(LocalDate received);

    /** The first instant that is too late, in the controller's zone. Weekends and holidays extend nothing. */
    Instant due(Instant received, ZoneId zone) {
        return lastDay(received.atZone(zone).toLocalDate())
                .plusDays(1)
                .atStartOfDay(zone)
                .toInstant();
    }
}
