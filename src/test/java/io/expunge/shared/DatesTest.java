package io.expunge.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class DatesTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @Test
    void aTimeIsSaidToTheMinuteWithItsZone() {
        var time = Instant.parse("2026-11-29T00:38:59.123456789Z");
        assertThat(Dates.at(time, Dates.UTC)).isEqualTo("29 Nov 2026, 00:38 UTC");
        assertThat(Dates.at(time, BERLIN)).isEqualTo("29 Nov 2026, 01:38 CET");
    }

    /** The first instant that is too late is midnight of the day after. */
    @Test
    void theLastDayIsTheOneThatEndsWhereItIsTooLate() {
        assertThat(Dates.lastDay(Instant.parse("2026-12-30T00:00:00Z"), Dates.UTC))
                .isEqualTo("Tue 29 Dec 2026");
        assertThat(Dates.lastDay(Instant.parse("2026-12-29T23:00:00Z"), BERLIN)).isEqualTo("Tue 29 Dec 2026");
        assertThat(Dates.lastDay(Instant.parse("2026-12-30T00:00:00Z"), BERLIN)).isEqualTo("Wed 30 Dec 2026");
    }
}
