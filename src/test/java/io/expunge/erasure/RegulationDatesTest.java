package io.expunge.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Dates counted by hand on a calendar. The first instant that is too late is the beginning of the day after the last one, in
 * the controller's zone.
 */
class RegulationDatesTest {

    /** Received; last day of the first period; last day of the extended one, which counts from receipt, too. */
    @ParameterizedTest
    @CsvSource({
        // GDPR Article 12(3): one month, the same day of the next month or its last; then two further ones
        "GDPR, 2026-01-15T09:00:00Z, Europe/Berlin, 2026-02-15T23:00:00Z, 2026-04-15T22:00:00Z",
        "GDPR, 2026-01-31T09:00:00Z, Europe/Berlin, 2026-02-28T23:00:00Z, 2026-04-30T22:00:00Z",
        "GDPR, 2028-01-31T09:00:00Z, Europe/Berlin, 2028-02-29T23:00:00Z, 2028-04-30T22:00:00Z",
        "GDPR, 2028-02-29T09:00:00Z, Europe/Berlin, 2028-03-29T22:00:00Z, 2028-05-29T22:00:00Z",
        "GDPR, 2027-02-28T09:00:00Z, Europe/Berlin, 2027-03-28T22:00:00Z, 2027-05-28T22:00:00Z",
        "GDPR, 2026-11-30T09:00:00Z, Europe/Berlin, 2026-12-30T23:00:00Z, 2027-02-28T23:00:00Z",
        "GDPR, 2027-11-30T09:00:00Z, Europe/Berlin, 2027-12-30T23:00:00Z, 2028-02-29T23:00:00Z",
        "GDPR, 2026-12-31T09:00:00Z, Europe/Berlin, 2027-01-31T23:00:00Z, 2027-03-31T22:00:00Z",
        "GDPR, 2026-03-31T09:00:00Z, Europe/Berlin, 2026-04-30T22:00:00Z, 2026-06-30T22:00:00Z",
        "GDPR, 2026-05-31T09:00:00Z, Europe/Berlin, 2026-06-30T22:00:00Z, 2026-08-31T22:00:00Z",
        // the day of receipt is the controller's: half an hour before midnight in UTC it is tomorrow in Berlin
        "GDPR, 2026-01-14T23:30:00Z, Europe/Berlin, 2026-02-15T23:00:00Z, 2026-04-15T22:00:00Z",
        "GDPR, 2026-01-14T23:30:00Z, UTC, 2026-02-15T00:00:00Z, 2026-04-15T00:00:00Z",
        "GDPR, 2026-01-31T23:30:00Z, Europe/Berlin, 2026-03-01T23:00:00Z, 2026-05-01T22:00:00Z",
        "GDPR, 2026-01-31T23:30:00Z, UTC, 2026-03-01T00:00:00Z, 2026-05-01T00:00:00Z",
        "GDPR, 2026-06-15T09:00:00Z, America/New_York, 2026-07-16T04:00:00Z, 2026-09-16T04:00:00Z",
        "GDPR, 2026-06-15T03:00:00Z, America/New_York, 2026-07-15T04:00:00Z, 2026-09-15T04:00:00Z",
        // clocks go forward on 2026-03-29 and back on 2026-10-25: the last day has 23 or 25 hours
        "GDPR, 2026-02-28T09:00:00Z, Europe/Berlin, 2026-03-28T23:00:00Z, 2026-05-28T22:00:00Z",
        "GDPR, 2026-03-01T09:00:00Z, Europe/Berlin, 2026-04-01T22:00:00Z, 2026-06-01T22:00:00Z",
        "GDPR, 2026-09-25T09:00:00Z, Europe/Berlin, 2026-10-25T23:00:00Z, 2026-12-25T23:00:00Z",
        "GDPR, 2026-03-29T00:30:00Z, Europe/Berlin, 2026-04-29T22:00:00Z, 2026-06-29T22:00:00Z",
        "GDPR, 2026-10-25T00:30:00Z, Europe/Berlin, 2026-11-25T23:00:00Z, 2027-01-25T23:00:00Z",
        // midnight does not exist in Beirut on the day that its clocks go forward, 2026-03-29
        "GDPR, 2026-02-28T09:00:00Z, Asia/Beirut, 2026-03-28T22:00:00Z, 2026-05-28T21:00:00Z",
        "GDPR, 2026-12-31T22:59:00Z, Europe/Berlin, 2027-01-31T23:00:00Z, 2027-03-31T22:00:00Z",
        "GDPR, 2026-12-31T23:01:00Z, Europe/Berlin, 2027-02-01T23:00:00Z, 2027-04-01T22:00:00Z",
        "GDPR, 2026-07-31T12:00:00Z, Pacific/Auckland, 2026-09-01T12:00:00Z, 2026-11-01T11:00:00Z",
        "GDPR, 2026-04-30T09:00:00Z, Europe/Dublin, 2026-05-30T23:00:00Z, 2026-07-30T23:00:00Z",
        // California Civil Code 1798.130(a)(2): 45 days, then 90 in all
        "CCPA, 2026-01-01T18:00:00Z, America/Los_Angeles, 2026-02-16T08:00:00Z, 2026-04-02T07:00:00Z",
        "CCPA, 2026-01-02T05:00:00Z, America/Los_Angeles, 2026-02-16T08:00:00Z, 2026-04-02T07:00:00Z",
        "CCPA, 2026-02-01T18:00:00Z, America/Los_Angeles, 2026-03-19T07:00:00Z, 2026-05-03T07:00:00Z",
        "CCPA, 2028-01-31T18:00:00Z, America/Los_Angeles, 2028-03-17T07:00:00Z, 2028-05-01T07:00:00Z",
        "CCPA, 2028-02-29T18:00:00Z, America/Los_Angeles, 2028-04-15T07:00:00Z, 2028-05-30T07:00:00Z",
        "CCPA, 2026-10-01T18:00:00Z, America/Los_Angeles, 2026-11-16T08:00:00Z, 2026-12-31T08:00:00Z",
        "CCPA, 2026-12-01T18:00:00Z, America/Los_Angeles, 2027-01-16T08:00:00Z, 2027-03-02T08:00:00Z",
        "CCPA, 2026-06-30T18:00:00Z, UTC, 2026-08-15T00:00:00Z, 2026-09-29T00:00:00Z",
    })
    void periodsEndWithTheLastHourOfTheirLastDay(
            Regulation regulation, Instant received, ZoneId zone, Instant due, Instant extended) {
        assertThat(regulation.due(received, zone)).isEqualTo(due);
        assertThat(regulation.extended(received, zone)).isEqualTo(extended);
    }

    /** Ten days that are neither Saturday nor Sunday, not counting that of receipt. */
    @ParameterizedTest
    @CsvSource({
        "2026-06-01T18:00:00Z, 2026-06-16T07:00:00Z", // a Monday: to Monday the 15th
        "2026-06-05T18:00:00Z, 2026-06-20T07:00:00Z", // a Friday: to Friday the 19th
        "2026-06-06T18:00:00Z, 2026-06-20T07:00:00Z", // a Saturday: to Friday the 19th
        "2026-06-07T18:00:00Z, 2026-06-20T07:00:00Z", // a Sunday: to Friday the 19th
        "2026-06-08T05:00:00Z, 2026-06-20T07:00:00Z", // still Sunday there
        "2026-12-24T18:00:00Z, 2027-01-08T08:00:00Z" // a Thursday: to Thursday the 7th
    })
    void receiptInCaliforniaIsConfirmedWithinTenBusinessDays(Instant received, Instant tooLate) {
        var zone = ZoneId.of("America/Los_Angeles");
        assertThat(Regulation.CCPA.acknowledgement(received, zone)).contains(tooLate);
        assertThat(Regulation.GDPR.acknowledgement(received, zone)).isEmpty();
    }
}
