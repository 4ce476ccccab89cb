package io.expunge.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A year of 20,000 requests; {@link DeadlineDrill} takes 100,000. */
class DeadlineYearTest {

    @Test
    void withEnoughWorkersNoDeadlineIsMissed() {
        var outcome = new QueueYear(1, 50, 4).run(20_000, Duration.ofDays(15));
        assertThat(outcome.missed()).as(outcome.toString()).isZero();
    }

    @Test
    void withTooFewEveryMissIsNamedAWeekAhead() {
        var outcome = new QueueYear(2, 50, 1).run(20_000, Duration.ofDays(15));
        assertThat(outcome.missed()).as(outcome.toString()).isPositive();
        assertThat(outcome.namedInTime()).as(outcome.toString()).isEqualTo(outcome.missed());
    }
}
