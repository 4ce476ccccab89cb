package io.expunge.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A year of 100,000 requests over 50 models. Not part of {@code verify}: {@code ./mvnw test -Dtest=DeadlineDrill}. */
class DeadlineDrill {

    private static final int REQUESTS = 100_000;
    private static final int SEEDS = 5;

    @Test
    void deadlinesHoldWithEnoughWorkersAndMissesAreNamedWithTooFew() {
        for (int seed = 0; seed < SEEDS; seed++) {
            for (int workers : new int[] {4, 1}) {
                var outcome = new QueueYear(seed, 50, workers).run(REQUESTS, Duration.ofDays(15));
                System.out.println("seed " + seed + ", " + workers + " workers: " + outcome);
                if (workers == 4) {
                    assertThat(outcome.missed()).isZero();
                } else {
                    assertThat(outcome.missed()).isPositive();
                }
                assertThat(outcome.namedInTime()).isEqualTo(outcome.missed());
            }
        }
    }
}
