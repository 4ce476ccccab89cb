package io.expunge.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScoreTest {

    /** Rows of the paper's table for one class of CIFAR-10: dense fine-tuning lies 25.78 from retraining, GA 7.12. */
    @Test
    void theGapIsThatOfThePublishedTable() {
        var retrained = new Score(100, 100, 100, 94.83);
        assertThat(new Score(22.53, 75.00, 99.87, 94.31).gap(retrained)).isCloseTo(25.78, within(0.005));
        assertThat(new Score(93.08, 94.03, 92.60, 86.64).gap(retrained)).isCloseTo(7.12, within(0.006));
        assertThat(retrained.gap(retrained)).isZero();
    }

    @Test
    void spreadIsTheSampleStandardDeviation() {
        var spread = Report.Spread.of(2, 4, 4, 4, 5, 5, 7, 9);
        assertThat(spread.mean()).isEqualTo(5);
        assertThat(spread.deviation()).isCloseTo(Math.sqrt(32.0 / 7), within(1e-12));
    }
}
