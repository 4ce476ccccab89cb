package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ProbesTest {

    /** The primal form (XᵀX + λI)w = Xᵀy, solved by Gauss and Jordan, against the dual form of the probe. */
    @Test
    void theRidgeWeightsAgreeWithThePrimalEquations() {
        var random = new Random(1);
        var x = new double[30][4];
        var labels = new int[30];
        for (int i = 0; i < 30; i++) {
            labels[i] = i % 3;
            for (int j = 0; j < 4; j++) {
                x[i][j] = random.nextGaussian() + (j == labels[i] ? 1 : 0);
            }
        }
        var weights = LinearProbe.fit(x, labels, 3);
        for (int c = 0; c < 3; c++) {
            var system = new double[4][5];
            for (int j = 0; j < 4; j++) {
                for (int i = 0; i < 30; i++) {
                    for (int k = 0; k < 4; k++) {
                        system[j][k] += x[i][j] * x[i][k];
                    }
                    system[j][4] += x[i][j] * (labels[i] == c ? 1 : -0.5);
                }
                system[j][j] += 1;
            }
            assertThat(weights[c]).containsExactly(solve(system), within(1e-9));
        }
    }

    @Test
    void aProbeTellsFeaturesThatKnowAClassFromFeaturesThatDoNot() {
        var labels = new int[400];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i % 4;
        }
        var telling = features(labels, 3, 1);
        var mute = features(labels, 0, 2);
        assertThat(Moments.mean(LinearProbe.hits(telling, labels, features(labels, 3, 3), labels, 7)))
                .isGreaterThan(0.9);
        assertThat(Moments.mean(LinearProbe.hits(mute, labels, features(labels, 0, 4), labels, 7)))
                .isCloseTo(0.25, within(0.08));
    }

    @Test
    void theTraceFindsMemorisedRecordsAndNothingInAnotherRetraining() {
        var world = new SyntheticNetworks(600, 600, 11);
        var others = List.of(world.retrained(1), world.retrained(2), world.retrained(3));
        double honest = LongStream.range(10, 40)
                .mapToDouble(network ->
                        trace(world.retrained(network), others).signed().area())
                .average()
                .orElseThrow();
        var memorised = trace(world.memorised(5), others);
        assertThat(honest).isCloseTo(0.5, within(0.05));
        assertThat(memorised.signed().interval().low()).isGreaterThan(0.6);
    }

    @Test
    void theTraceIgnoresThatOneNetworkIsMoreConfidentThroughout() {
        var world = new SyntheticNetworks(600, 600, 12);
        var others = List.of(world.retrained(1), world.retrained(2), world.retrained(3));
        var plain = trace(world.retrained(4), others);
        var confident = trace(SyntheticNetworks.scaled(world.retrained(4), 1.7f), others);
        assertThat(confident.signed().area()).isCloseTo(plain.signed().area(), within(0.01));
    }

    private static Trace trace(Answers one, List<Answers> others) {
        var forget = others.stream().map(Answers::forget).toList();
        var test = others.stream().map(Answers::test).toList();
        return Trace.of(Trace.Hardest.of(forget, test), one.forget(), one.test(), forget, test);
    }

    private static Features features(int[] labels, double distance, long seed) {
        var random = new Random(seed);
        var rows = new float[labels.length][6];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < 6; j++) {
                rows[i][j] = (float) (random.nextGaussian() + (j == labels[i] ? distance : 0));
            }
        }
        return new Features(rows);
    }

    private static double[] solve(double[][] system) {
        int n = system.length;
        for (int p = 0; p < n; p++) {
            for (int row = 0; row < n; row++) {
                if (row != p) {
                    double factor = system[row][p] / system[p][p];
                    for (int k = 0; k <= n; k++) {
                        system[row][k] -= factor * system[p][k];
                    }
                }
            }
        }
        var x = new double[n];
        for (int p = 0; p < n; p++) {
            x[p] = system[p][n] / system[p][p];
        }
        return x;
    }
}
