package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.hipparchus.distribution.continuous.NormalDistribution;
import org.hipparchus.stat.inference.MannWhitneyUTest;
import org.junit.jupiter.api.Test;

class SeparationTest {

    @Test
    void agreesWithTheMannWhitneyStatisticAndWithCountingPairs() {
        var random = new Random(1);
        var members = random.doubles(37).map(x -> Math.rint(10 * x)).toArray();
        var others = random.doubles(53).map(x -> Math.rint(9 * x)).toArray();
        double pairs = 0;
        for (double member : members) {
            for (double other : others) {
                pairs += member > other ? 1 : member == other ? 0.5 : 0;
            }
        }
        var area = separation(members, others).area();
        assertThat(area).isCloseTo(pairs / (37 * 53), within(1e-12));
        // Hipparchus gives the smaller of U and its complement
        double u = new MannWhitneyUTest().mannWhitneyU(members, others);
        assertThat(Math.min(area, 1 - area)).isCloseTo(u / (37 * 53), within(1e-12));
    }

    /** DeLong's variance, from its definition with two nested loops. */
    @Test
    void agreesWithDeLongsVarianceFromItsDefinition() {
        var random = new Random(2);
        var x = random.doubles(40).toArray();
        var y = random.doubles(60).map(v -> v - 0.2).toArray();
        var v10 = new double[x.length];
        var v01 = new double[y.length];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < y.length; j++) {
                v10[i] += x[i] > y[j] ? 1.0 / y.length : 0;
                v01[j] += x[i] > y[j] ? 1.0 / x.length : 0;
            }
        }
        double expected = Math.sqrt(variance(v10) / x.length + variance(v01) / y.length);
        assertThat(separation(x, y).standardError()).isCloseTo(expected, within(1e-12));
    }

    @Test
    void theIntervalCoversTheBinormalAreaAboutNineteenTimesInTwenty() {
        double truth = new NormalDistribution().cumulativeProbability(0.7 / Math.sqrt(2));
        var random = new Random(3);
        int covered = 0;
        for (int trial = 0; trial < 1000; trial++) {
            var x = new double[60];
            var y = new double[90];
            for (int i = 0; i < x.length; i++) {
                x[i] = random.nextGaussian() + 0.7;
            }
            for (int j = 0; j < y.length; j++) {
                y[j] = random.nextGaussian();
            }
            covered += separation(x, y).interval().contains(truth) ? 1 : 0;
        }
        assertThat(covered / 1000.0).isBetween(0.92, 0.975);
    }

    @Test
    void otherClassSharesGiveNoAreaByThemselves() {
        // class 1 scores higher than class 0 and is most of the members, but within a class nothing differs
        var members = new double[] {1, 2, 11, 12, 11, 12, 11, 12};
        var others = new double[] {1, 2, 1, 2, 1, 2, 11, 12};
        var memberLabels = new int[] {0, 0, 1, 1, 1, 1, 1, 1};
        var otherLabels = new int[] {0, 0, 0, 0, 0, 0, 1, 1};
        assertThat(Separation.of(members, memberLabels, others, otherLabels).area())
                .isEqualTo(0.5);
        assertThat(separation(members, others).area()).isGreaterThan(0.7);
    }

    @Test
    void leavesOutClassesWithoutACounterpart() {
        var separation = Separation.of(new double[] {5, 9}, new int[] {0, 7}, new double[] {4, 1}, new int[] {0, 3});
        assertThat(separation.area()).isEqualTo(1);
        assertThatThrownBy(() -> Separation.of(new double[1], new int[] {0}, new double[1], new int[] {1}))
                .hasMessage("no class has both forgotten and held-out records");
    }

    @Test
    void theDifferenceOfTwoAreasOverTheSameRecordsIsSharperThanTwoIntervals() {
        var random = new Random(4);
        var x = random.doubles(80).toArray();
        var y = random.doubles(80).toArray();
        var noisier = java.util.Arrays.stream(x)
                .map(v -> v + 0.01 * random.nextGaussian())
                .toArray();
        var difference = separation(x, y).minus(separation(noisier, y));
        assertThat(difference.standardError())
                .isLessThan(0.3 * separation(x, y).standardError())
                .isPositive();
        assertThat(difference.area())
                .isCloseTo(separation(x, y).area() - separation(noisier, y).area(), within(1e-12));
    }

    private static Separation separation(double[] members, double[] others) {
        return Separation.of(members, new int[members.length], others, new int[others.length]);
    }

    private static double variance(double[] values) {
        double mean = java.util.Arrays.stream(values).average().orElseThrow();
        return java.util.Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / (values.length - 1);
    }
}
