package io.expunge.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimetableTest {

    /** Times by hand, from the calendar and the rules of daylight saving of 2027. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "30 2 * * *   | Europe/Berlin    | 2026-11-25T12:00:00Z | 2026-11-26T01:30:00Z",
                "30 2 * * *   | Europe/Berlin    | 2026-11-26T01:30:00Z | 2026-11-27T01:30:00Z",
                // in spring the clock skips 02:30, so it is 03:30 that day
                "30 2 * * *   | Europe/Berlin    | 2027-03-27T12:00:00Z | 2027-03-28T01:30:00Z",
                "30 2 * * *   | Europe/Berlin    | 2027-03-28T01:30:00Z | 2027-03-29T00:30:00Z",
                // in autumn it shows 02:30 twice, and the first time counts
                "30 2 * * *   | Europe/Berlin    | 2027-10-30T12:00:00Z | 2027-10-31T00:30:00Z",
                "30 2 * * *   | Europe/Berlin    | 2027-10-31T00:30:00Z | 2027-11-01T01:30:00Z",
                "30 2 * * *   | Europe/Berlin    | 2027-10-31T01:10:00Z | 2027-11-01T01:30:00Z",
                "0 * * * *    | America/New_York | 2027-11-07T05:00:00Z | 2027-11-07T07:00:00Z",
                "0 9 * * 1-5  | Asia/Kolkata     | 2026-11-27T12:00:00Z | 2026-11-30T03:30:00Z",
                "0 0 29 2 *   | UTC              | 2026-11-25T00:00:00Z | 2028-02-29T00:00:00Z",
                "@monthly     | UTC              | 2026-11-25T00:00:00Z | 2026-12-01T00:00:00Z",
                "*/15 * * * * | UTC              | 2026-11-25T00:07:00Z | 2026-11-25T00:15:00Z",
                "0 0 L * *    | UTC              | 2027-02-01T00:00:00Z | 2027-02-28T00:00:00Z",
            })
    void theNextTimeIsOnTheClockOfTheZone(String cron, String zone, String now, String next) {
        assertThat(Timetable.read(cron, zone, Instant.parse(now)).next(Instant.parse(now)))
                .hasValue(Instant.parse(next));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "* * * * * *    | UTC       | cron must have the five fields",
                "*/1 * * * * *  | UTC       | cron must have the five fields",
                "30 2 * *       | UTC       | cron must have the five fields",
                "0 0 30 2 *     | UTC       | cron never comes",
                "0 0 31 4,6,9 * | UTC       | cron never comes",
                "61 * * * *     | UTC       | cron is not a cron expression",
                "@secondly      | UTC       | cron is not a cron expression",
                "@daily         | Mars/Here | timeZone is not a time zone",
            })
    void whatNeverComesOrTooOftenIsRefused(String cron, String zone, String reason) {
        assertThatThrownBy(() -> Timetable.read(cron, zone, Instant.parse("2026-11-25T00:00:00Z")))
                .hasMessageContaining(reason);
    }

    @Test
    void ofTimesThatWereMissedTheLastCounts() {
        var now = Instant.parse("2026-11-25T12:00:00Z");
        var timetable = Timetable.read("0 6 * * *", "UTC", now);
        assertThat(timetable.last(Instant.parse("2026-11-01T06:00:00Z"), now))
                .isEqualTo(Instant.parse("2026-11-25T06:00:00Z"));
        assertThat(timetable.next(now, 3))
                .containsExactly(
                        Instant.parse("2026-11-26T06:00:00Z"),
                        Instant.parse("2026-11-27T06:00:00Z"),
                        Instant.parse("2026-11-28T06:00:00Z"));
    }
}
