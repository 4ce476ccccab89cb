package io.expunge.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegulationTest {

    /** Each deadline is the first instant after the last day, by the calendar of the controller's zone. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            # a calendar month, not 30 days
            GDPR, 2026-03-15T12:00:00Z, UTC,                 2026-04-16T00:00:00Z
            # a month without such a day ends with its last day
            GDPR, 2026-01-31T12:00:00Z, UTC,                 2026-03-01T00:00:00Z
            GDPR, 2028-01-31T12:00:00Z, UTC,                 2028-03-01T00:00:00Z
            GDPR, 2026-08-31T12:00:00Z, UTC,                 2026-10-01T00:00:00Z
            GDPR, 2028-01-29T12:00:00Z, UTC,                 2028-03-01T00:00:00Z
            GDPR, 2026-12-31T12:00:00Z, UTC,                 2027-02-01T00:00:00Z
            # the day is the controller's: already the next one in Berlin and in Auckland, still the one before in Los Angeles
            GDPR, 2026-01-30T23:30:00Z, Europe/Berlin,       2026-02-28T23:00:00Z
            GDPR, 2026-01-14T23:30:00Z, Europe/Berlin,       2026-02-15T23:00:00Z
            GDPR, 2026-01-15T12:00:00Z, Pacific/Auckland,    2026-02-16T11:00:00Z
            GDPR, 2026-01-15T03:00:00Z, America/Los_Angeles, 2026-02-15T08:00:00Z
            # over a change to summer time, and on a day that begins at one o'clock
            GDPR, 2026-03-01T12:00:00Z, Europe/Berlin,       2026-04-01T22:00:00Z
            GDPR, 2026-08-05T12:00:00Z, America/Santiago,    2026-09-06T04:00:00Z
            CCPA, 2026-01-01T12:00:00Z, UTC,                 2026-02-16T00:00:00Z
            CCPA, 2028-01-31T12:00:00Z, UTC,                 2028-03-17T00:00:00Z
            CCPA, 2026-01-15T03:00:00Z, America/Los_Angeles, 2026-03-01T08:00:00Z
            CCPA, 2026-02-01T12:00:00Z, America/Los_Angeles, 2026-03-19T07:00:00Z
            """)
    void theDeadlineFollowsTheControllersCalendar(Regulation regulation, Instant received, ZoneId zone, Instant due) {
        assertThat(regulation.due(received, zone)).isEqualTo(due);
    }
}
