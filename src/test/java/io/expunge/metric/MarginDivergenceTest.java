package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarginDivergenceTest {

    /** 0, 1, …, 20 span the bins [0,1), [1,2), …, [19,20]; the shares below are counted by hand. */
    @Test
    void histogramsByHand() {
        var unlearned = new double[] {0, 0.5, 19, 20};
        var retrained = new double[] {0.2, 1.5, 1.7, 19.5};
        // p = ½ in the first bin and ½ in the last, which has 20 itself; q = ¼, ½ (second), ¼
        double expected = 0.5 * Math.log(0.5 / 0.25) + 0.5 * Math.log(0.5 / 0.25);
        assertThat(MarginDivergence.between(unlearned, retrained)).isCloseTo(expected, within(1e-12));
        // the other way round: ¼ ln(¼/½) + ½ ln(½/1e-5) + ¼ ln(¼/½)
        double reverse = 0.5 * Math.log(0.5) + 0.5 * Math.log(0.5 / 1e-5);
        assertThat(MarginDivergence.between(retrained, unlearned)).isCloseTo(reverse, within(1e-12));
    }

    @Test
    void itIsNothingForTheSameAndTheMostForWhatHasNothingInCommon() {
        var some = new double[] {-3, 0, 4, 9};
        assertThat(MarginDivergence.between(some, some)).isZero();
        assertThat(MarginDivergence.between(new double[] {5, 5}, new double[] {5, 5}))
                .isZero();
        assertThat(MarginDivergence.between(new double[] {1, 1}, new double[] {0, 0}))
                .isCloseTo(Math.log(1e5), within(1e-12));
    }

    @Test
    void marginsBeyondAHundredCountAsAHundred() {
        assertThat(MarginDivergence.between(new double[] {100, 0}, new double[] {1e9, 0}))
                .isZero();
        assertThat(MarginDivergence.between(new double[] {Double.NEGATIVE_INFINITY, 0}, new double[] {-100, 0}))
                .isZero();
    }

    @Test
    void whatIsNoMarginIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MarginDivergence.between(new double[] {1}, new double[] {1, 2}));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MarginDivergence.between(new double[] {1, Double.NaN}, new double[] {1, 2}));
    }

    /**
     * Both sides from one normal distribution: means and 95th percentiles of 4,000 draws by another program (numpy's bincount
     * over 20 bins, the last with its upper edge). A published table of 2,000 draws has 8.02, 5.57, 3.00, 0.85, 0.33 and 0.14,
     * and for moments 0.92, 0.28, 0.115, 0.043 and 0.020.
     */
    @ParameterizedTest
    @CsvSource({
        "5, 7.96, 10.18, 8.02, 0.92", "10, 5.61, 7.98, 5.57, 0.28", "20, 3.08, 5.00, 3.00, 0.115",
        "50, 0.900, 1.763, 0.85, 0.043", "100, 0.350, 0.674, 0.33, 0.020", "200, 0.151, 0.284, 0.14, 0.010"
    })
    void theFloorOfOneDistributionIsThatOfAnotherProgram(
            int models, double mean, double high, double published, double moments) {
        var random = new Random(7);
        int draws = 4_000;
        var all = new double[draws];
        double ofMoments = 0;
        for (int d = 0; d < draws; d++) {
            var a = normal(random, models, 0, 1);
            var b = normal(random, models, 0, 1);
            all[d] = MarginDivergence.between(a, b);
            ofMoments += MarginDivergence.ofMoments(a, b) / draws;
        }
        Arrays.sort(all);
        assertThat(Moments.mean(all))
                .isCloseTo(mean, within(0.02 * mean))
                .isCloseTo(published, within(0.08 * published));
        assertThat(DivergenceSummary.quantile(all, 0.95)).isCloseTo(high, within(0.06 * high));
        assertThat(ofMoments).isCloseTo(moments, within(0.12 * moments));
    }

    @Test
    void dealingTheSameModelsGivesTheSameFloor() {
        var floor = MarginDivergence.floor(normal(new Random(3), 200, 4, 2), 500, 1);
        // one sample of 200 models, not many: its floor scatters about 0.35
        assertThat(Moments.mean(floor)).isBetween(0.28, 0.42);
    }

    /** ln(σ_q/σ_p) + (σ_p² + Δ²)/(2σ_q²) − ½ by hand: variances 2 and 8, means 1 and 3. */
    @Test
    void theDivergenceOfMomentsIsThatOfTwoNormalDistributions() {
        assertThat(MarginDivergence.ofMoments(new double[] {0, 2}, new double[] {1, 5}))
                .isCloseTo(Math.log(2) + (2.0 + 4) / 16 - 0.5, within(1e-12));
        assertThat(MarginDivergence.ofMoments(new double[] {1, 1}, new double[] {1, 1}))
                .isZero();
        assertThat(MarginDivergence.ofMoments(new double[] {1, 2}, new double[] {1, 1}))
                .isInfinite();
    }

    @Test
    void manyPointsAreSummedUpBesideTheFloorAtTheSameNumberOfModels() {
        var random = new Random(5);
        var retrained = new double[200][300];
        var unlearned = new double[100][300];
        for (var row : retrained) {
            System.arraycopy(normal(random, 300, 0, 1), 0, row, 0, 300);
        }
        for (var row : unlearned) {
            System.arraycopy(normal(random, 300, 3, 1), 0, row, 0, 300);
        }
        var floor = DivergenceSummary.floor(retrained, 100);
        assertThat(floor.models()).isEqualTo(100);
        assertThat(floor.mean()).isCloseTo(0.35, within(0.05));
        assertThat(floor.high()).isCloseTo(0.67, within(0.1));
        var apart = DivergenceSummary.of(unlearned, Arrays.copyOf(retrained, 100));
        assertThat(apart.low()).isGreaterThan(floor.high());
        assertThatIllegalArgumentException().isThrownBy(() -> DivergenceSummary.floor(retrained, 101));
        assertThatIllegalArgumentException().isThrownBy(() -> DivergenceSummary.of(unlearned, new double[100][299]));
    }

    static double[] normal(Random random, int count, double mean, double deviation) {
        return random.doubles(count)
                .map(ignored -> mean + deviation * random.nextGaussian())
                .toArray();
    }
}
