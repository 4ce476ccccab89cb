package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.hipparchus.distribution.continuous.NormalDistribution;
import org.hipparchus.stat.inference.KolmogorovSmirnovTest;
import org.junit.jupiter.api.Test;

class AttacksTest {

    @Test
    void thePopulationAttackFindsTheAreaAndTheRateOfTwoNormals() {
        var forget = margins(4000, 1.5, 1);
        var heldOut = margins(4000, 0, 2);
        var attack = PopulationAttack.on(forget, heldOut, 0.01);
        var normal = new NormalDistribution();
        double area = normal.cumulativeProbability(1.5 / Math.sqrt(2));
        double rate = 1 - normal.cumulativeProbability(normal.inverseCumulativeProbability(0.99) - 1.5);
        assertThat(attack.area()).isCloseTo(area, within(0.01));
        assertThat(attack.areaInterval().contains(area)).isTrue();
        assertThat(attack.rate()).isCloseTo(rate, within(0.04));
        assertThat(attack.rateInterval().contains(attack.rate())).isTrue();
    }

    @Test
    void thePopulationAttackAccusesNoMoreHeldOutRecordsThanAllowed() {
        var forget = margins(50, 0, 1);
        var heldOut = margins(50, 0, 2);
        assertThat(PopulationAttack.on(forget, heldOut, 1).rate()).isEqualTo(1);
        double highest = Arrays.stream(heldOut.margins()).max().orElseThrow();
        long above = Arrays.stream(forget.margins()).filter(m -> m > highest).count();
        assertThat(PopulationAttack.on(forget, heldOut, 0.01).rate()).isEqualTo(above / 50.0);
        assertThatThrownBy(() -> PopulationAttack.on(forget, heldOut, 1.5)).hasMessageContaining("falseRate");
    }

    @Test
    void theKolmogorovSmirnovStatisticAgreesWithHipparchusAlsoWithTies() {
        var random = new Random(5);
        var a = random.doubles(61).map(x -> Math.rint(20 * x)).toArray();
        var b = random.doubles(47).map(x -> Math.rint(18 * x + 3)).toArray();
        var ours = KolmogorovSmirnov.between(a, b);
        assertThat(ours.statistic())
                .isCloseTo(new KolmogorovSmirnovTest().kolmogorovSmirnovStatistic(a, b), within(1e-12));
        assertThat(ours.probability()).isBetween(0.0, 1.0);
        // F_a jumps to 1 before F_b leaves 0
        assertThat(KolmogorovSmirnov.between(new double[] {1, 2}, new double[] {3, 4})
                        .statistic())
                .isEqualTo(1);
    }

    @Test
    void theBootstrapOfARatioAgreesWithItsDelta() {
        var random = new Random(6);
        var a = random.doubles(400).map(x -> 1 + x).toArray();
        var b = random.doubles(400).map(x -> 1 + x).toArray();
        var interval = Bootstrap.ratio(a, b, 3);
        // var(a/b) ≈ (σ_a² + σ_b²)/(n μ²) for equal means, σ² = 1/12, μ = 1.5
        double half = Interval.Z * Math.sqrt(2.0 / 12 / 400) / 1.5;
        assertThat((interval.high() - interval.low()) / 2).isCloseTo(half, within(0.12 * half));
        assertThat(Bootstrap.ratio(a, b, 3)).isEqualTo(interval);
    }

    @Test
    void hellingerDistancesAreThoseWorkedOutByHand() {
        var half = new Outputs(new float[][] {{0, 0}}, new int[] {0});
        var sure = new Outputs(new float[][] {{200, 0}}, new int[] {0});
        var opposite = new Outputs(new float[][] {{0, 200}}, new int[] {0});
        // 1 − √½ under the root
        assertThat(Distances.hellinger(half, sure)[0]).isCloseTo(Math.sqrt(1 - Math.sqrt(0.5)), within(1e-9));
        assertThat(Distances.hellinger(sure, opposite)[0]).isCloseTo(1, within(1e-9));
        assertThat(Distances.hellinger(half, half)[0]).isZero();
    }

    /** Two classes with logits (m, 0), so that the margin of label 0 is m. */
    private static Outputs margins(int count, double mean, long seed) {
        var random = new Random(seed);
        var logits = new float[count][];
        for (int i = 0; i < count; i++) {
            logits[i] = new float[] {(float) (mean + random.nextGaussian()), 0};
        }
        return new Outputs(logits, new int[count]);
    }
}
