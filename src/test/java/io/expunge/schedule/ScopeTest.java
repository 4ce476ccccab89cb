package io.expunge.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.Period;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScopeTest {

    /** By the calendar: a record is kept through date + period, and filed for on the day after. */
    @ParameterizedTest
    @CsvSource({
        "P2Y, 2024-01-31, 2026-02-01",
        "P1M1D, 2026-01-30, 2026-03-02",
        "P1M, 2026-02-28, 2026-03-29",
        "P1M, 2026-01-31, 2026-03-01",
        "P1Y, 2023-02-28, 2024-02-29",
        "P1Y, 2024-02-29, 2025-03-01",
        "P90D, 2026-01-01, 2026-04-02",
        "P0D, 2026-01-01, 2026-01-02",
    })
    void aRecordIsKeptThroughTheLastDayOfItsPeriod(String period, LocalDate date, LocalDate filed) {
        assertThat(Scope.lastDay(Period.parse(period), filed)).isAfterOrEqualTo(date);
        assertThat(Scope.lastDay(Period.parse(period), filed.minusDays(1))).isBefore(date);
    }
}
