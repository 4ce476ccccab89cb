package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LikelihoodRatioAttackTest {

    /** N(1, variance 2) against N(5, variance 8) at 3: densities e^(−1)/√2 and e^(−¼)/√8, by hand. */
    @Test
    void theProbabilityIsTheRatioOfTwoNormalDensities() {
        double one = Math.exp(-1) / Math.sqrt(2);
        double other = Math.exp(-0.25) / Math.sqrt(8);
        assertThat(LikelihoodRatioAttack.probability(3, new double[] {0, 2}, new double[] {3, 7}))
                .isCloseTo(one / (one + other), within(1e-12));
    }

    @Test
    void aSampleWithoutSpreadDividesByNothing() {
        assertThat(LikelihoodRatioAttack.probability(1, new double[] {1, 1}, new double[] {2, 2}))
                .isEqualTo(1);
        assertThat(LikelihoodRatioAttack.probability(2, new double[] {1, 1}, new double[] {2, 2}))
                .isZero();
        assertThat(LikelihoodRatioAttack.probability(1, new double[] {1, 1}, new double[] {1, 1}))
                .isEqualTo(0.5);
    }

    /** Two unit normals that lie d apart are told with probability Φ(d/2): 0.841 at d = 2, ½ at d = 0. */
    @Test
    void theAttackIsAsGoodAsTheDistributionsAreApart() {
        assertThat(accuracy(2)).isCloseTo(0.8413, within(0.02));
        assertThat(accuracy(0)).isCloseTo(0.5, within(0.02));
    }

    private static double accuracy(double apart) {
        var random = new Random(4);
        int examples = 4_000;
        var forgotten = new double[examples];
        var never = new double[examples];
        for (int i = 0; i < examples; i++) {
            var unlearned = MarginDivergenceTest.normal(random, 200, apart, 1);
            var unseen = MarginDivergenceTest.normal(random, 200, 0, 1);
            forgotten[i] = LikelihoodRatioAttack.probability(apart + random.nextGaussian(), unlearned, unseen);
            never[i] = LikelihoodRatioAttack.probability(random.nextGaussian(), unlearned, unseen);
        }
        return LikelihoodRatioAttack.balancedAccuracy(forgotten, never);
    }
}
