package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ForgettingQualityTest {

    /** FPR ¼ and FNR ½: max(ln(¾ − δ) − ln ½, ln(½ − δ) − ln ¼), by hand. */
    @Test
    void oneTestBoundsEpsilonByItsRates() {
        assertThat(ForgettingQuality.epsilon(0.25, 0.5))
                .isCloseTo(
                        Math.max(Math.log(0.75 - 1e-5) - Math.log(0.5), Math.log(0.5 - 1e-5) - Math.log(0.25)),
                        within(1e-12));
        assertThat(ForgettingQuality.epsilon(0.5, 0.5)).isCloseTo(0, within(1e-12));
        assertThat(ForgettingQuality.epsilon(1, 1)).isZero();
        assertThat(ForgettingQuality.epsilon(0, 0)).isEqualTo(50);
        assertThat(ForgettingQuality.epsilon(0, 0.3)).as("left out").isNegative();
    }

    @Test
    void whatCanBeToldForSureIsCapped() {
        assertThat(ForgettingQuality.epsilon(new double[] {1, 2, 3}, new double[] {5, 6, 7}))
                .isEqualTo(50);
        assertThat(ForgettingQuality.epsilon(new double[] {1, 1.001, 1.002}, new double[] {0, 3, 7}))
                .as("far less spread than retraining has")
                .isEqualTo(50);
    }

    /** Two unit normals a distance d apart: at the middle threshold both rates are Φ(−d/2), and that test is not the best. */
    @Test
    void theStrongestTestCounts() {
        var random = new Random(2);
        var a = MarginDivergenceTest.normal(random, 4_000, 1, 1);
        var b = MarginDivergenceTest.normal(random, 4_000, -1, 1);
        double middle = Math.log((1 - 0.1587) / 0.1587);
        assertThat(ForgettingQuality.epsilon(a, b)).isGreaterThan(middle);
        double same = ForgettingQuality.epsilon(
                MarginDivergenceTest.normal(random, 4_000, 0, 1), MarginDivergenceTest.normal(random, 4_000, 0, 1));
        assertThat(same).isLessThan(middle);
    }

    @Test
    void aWiderSpreadAboutTheSameMiddleIsToldByAnInterval() {
        var random = new Random(3);
        var narrow = MarginDivergenceTest.normal(random, 2_000, 0, 1);
        var wide = MarginDivergenceTest.normal(random, 2_000, 0, 5);
        assertThat(ForgettingQuality.epsilon(narrow, wide)).isGreaterThan(2);
    }

    /** N = 512: buckets up to ⌈ln 511⌉ = 7; ε of 0.2, 0.5, 1.2 and 8 earn 1, ½, ¼ and nothing. */
    @Test
    void pointsAreHalvedFromBucketToBucket() {
        assertThat(ForgettingQuality.of(new double[] {0.2, 0.5, 1.2, 8}, 512))
                .isCloseTo((1 + 0.5 + 0.25) / 4, within(1e-12));
        assertThatIllegalArgumentException().isThrownBy(() -> ForgettingQuality.of(new double[0], 512));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ForgettingQuality.epsilon(new double[] {1, Double.NaN}, new double[] {1, 2}));
    }
}
