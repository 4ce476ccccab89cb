package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.hipparchus.distribution.discrete.BinomialDistribution;
import org.hipparchus.stat.interval.BinomialProportion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProportionsTest {

    private static final Offset<Double> CLOSE = within(1e-6);

    @ParameterizedTest
    @CsvSource({"1, 10", "5, 10", "9, 10", "37, 300"})
    void theExactIntervalEndsWhereTheBinomialTailsAreTwoAndAHalfPerCent(int successes, int trials) {
        var interval = Proportions.exact(successes, trials);
        var low = new BinomialDistribution(trials, interval.low());
        var high = new BinomialDistribution(trials, interval.high());
        assertThat(1 - low.cumulativeProbability(successes - 1)).isCloseTo(0.025, CLOSE);
        assertThat(high.cumulativeProbability(successes)).isCloseTo(0.025, CLOSE);
    }

    @Test
    void theExactIntervalIsClosedAtBothEnds() {
        // 1 − 0.025^(1/20), the rule of three made exact
        assertThat(Proportions.exact(0, 20).high()).isCloseTo(0.168433, within(1e-6));
        assertThat(Proportions.exact(0, 20).low()).isZero();
        assertThat(Proportions.exact(20, 20).low()).isCloseTo(1 - 0.168433, within(1e-6));
        assertThat(Proportions.exact(20, 20).high()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"1, 10", "5, 10", "9, 10", "37, 300"})
    void wilsonAgreesWithHipparchus(int successes, int trials) {
        var other = BinomialProportion.getWilsonScoreInterval(trials, successes / (double) trials, 0.95);
        var interval = Proportions.wilson(successes / (double) trials, trials);
        assertThat(interval.low()).isCloseTo(other.getLowerBound(), CLOSE);
        assertThat(interval.high()).isCloseTo(other.getUpperBound(), CLOSE);
    }

    /**
     * Without correlation, Newcombe's square-and-add reduces to the hypotenuse of the Wilson half-widths.
     */
    @Test
    void thePairedDifferenceOfIndependentSharesIsTheHypotenuse() {
        var a = new double[] {1, 1, 0, 0};
        var b = new double[] {1, 0, 1, 0};
        var wilson = Proportions.wilson(0.5, 4);
        var interval = Proportions.pairedDifference(a, b);
        double half = Math.hypot(0.5 - wilson.low(), wilson.high() - 0.5);
        assertThat(interval.low()).isCloseTo(-half, CLOSE);
        assertThat(interval.high()).isCloseTo(half, CLOSE);
    }

    @Test
    void identicalSharesHaveNoDifferenceAndStillAWidthWhereNothingVaries() {
        var half = new double[] {1, 0, 1, 0};
        assertThat(Proportions.pairedDifference(half, half).high()).isCloseTo(0, CLOSE);
        var sure = Proportions.pairedDifference(new double[20], new double[20]);
        assertThat(sure.high()).isCloseTo(Proportions.wilson(0, 20).high(), CLOSE);
        assertThat(sure.low()).isCloseTo(-sure.high(), CLOSE);
    }

    @Test
    void thePairedDifferenceCoversTheTruthAboutNineteenTimesInTwenty() {
        var random = new Random(7);
        int covered = 0;
        for (int trial = 0; trial < 2000; trial++) {
            var a = new double[80];
            var b = new double[80];
            for (int i = 0; i < a.length; i++) {
                boolean easy = random.nextDouble() < 0.8;
                a[i] = easy || random.nextDouble() < 0.5 ? 1 : 0;
                b[i] = easy || random.nextDouble() < 0.2 ? 1 : 0;
            }
            if (Proportions.pairedDifference(a, b).contains(0.2 * 0.3)) {
                covered++;
            }
        }
        assertThat(covered / 2000.0).isBetween(0.93, 0.975);
    }

    @Test
    void refusesWhatIsNoShare() {
        assertThatThrownBy(() -> Proportions.exact(3, 2)).hasMessage("3 of 2 is not a share of records");
        assertThatThrownBy(() -> Proportions.wilson(0.5, 0)).hasMessageContaining("is not a share");
        assertThatThrownBy(() -> Proportions.pairedDifference(new double[1], new double[2]))
                .hasMessage("1 and 2 records cannot be paired");
    }
}
