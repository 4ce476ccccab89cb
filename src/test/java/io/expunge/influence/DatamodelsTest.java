package io.expunge.influence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.expunge.metric.LinearDatamodelingScore;
import java.util.Arrays;
import java.util.Random;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.ArrayRealVector;
import org.hipparchus.linear.LUDecomposition;
import org.hipparchus.linear.MatrixUtils;
import org.junit.jupiter.api.Test;

class DatamodelsTest {

    /** Four models of three examples at one point, by hand. */
    @Test
    void differencesByHand() {
        try (var datamodels = new Datamodels(3, 1)) {
            datamodels.add(new int[][] {{0, 1}, {0, 2}}, new float[][] {{5}, {4}});
            datamodels.add(new int[][] {{1, 2}, {1}}, new float[][] {{3}, {2}});
            assertThat(datamodels.models()).isEqualTo(4);
            var tau = datamodels.differences();
            assertThat(tau[0][0]).isCloseTo((5f + 4) / 2 - (3f + 2) / 2, within(1e-6f));
            assertThat(tau[1][0]).isCloseTo((5f + 3 + 2) / 3 - 4, within(1e-6f));
            assertThat(tau[2][0]).isCloseTo((4f + 3) / 2 - (5f + 2) / 2, within(1e-6f));
        }
    }

    @Test
    void whatCannotBeToldIsRefused() {
        try (var datamodels = new Datamodels(3, 1)) {
            datamodels.add(new int[][] {{0}, {0, 1}}, new float[][] {{1}, {2}});
            assertThatIllegalStateException()
                    .isThrownBy(datamodels::differences)
                    .withMessageContaining("example 0");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> datamodels.add(new int[][] {{0}}, new float[][] {{Float.NaN}}));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> datamodels.add(new int[][] {{0}}, new float[][] {{1, 2}}));
            assertThatIllegalArgumentException().isThrownBy(() -> datamodels.lasso(0, 10));
        }
    }

    /** Against the same system written out and solved by another library, and against outputs that are linear. */
    @Test
    void whatLeavingASetOutDoesIsTheRidgeRegressionOfIt() {
        int n = 12;
        var world = new World(n, 3, 400, 0.1, 5);
        var set = new int[] {1, 4, 7};
        try (var datamodels = world.datamodels()) {
            double share = 0.05;
            var removed = datamodels.removed(set, share);
            var expected = world.ridge(set, share);
            for (int x = 0; x < 3; x++) {
                assertThat((double) removed[x]).isCloseTo(expected[x], within(1e-4));
            }
            var weights = datamodels.ridge(share);
            for (int x = 0; x < 3; x++) {
                assertThat(-weights[1][x] - weights[4][x] - weights[7][x]).isCloseTo(removed[x], within(1e-4f));
            }
            var nearly = datamodels.removed(set, 1e-4);
            for (int x = 0; x < 3; x++) {
                // halves are all of one size, so what all examples have in common cannot be seen
                assertThat((double) nearly[x]).isCloseTo(-world.beyondTheMean(set, x), within(0.1));
            }
            assertThatIllegalArgumentException().isThrownBy(() -> datamodels.removed(set, 0));
        }
    }

    /** The regression against its optimality conditions: the gradient is −λ·sign(w) where w ≠ 0, and within λ elsewhere. */
    @Test
    void theLassoIsOptimal() {
        int n = 12;
        var world = new World(n, 2, 400, 0.3, 5);
        try (var datamodels = world.datamodels()) {
            double share = 0.2;
            var weights = datamodels.lasso(share, 2_000);
            for (int x = 0; x < 2; x++) {
                double largest = 0;
                var gradients = new double[n];
                for (int i = 0; i < n; i++) {
                    largest = Math.max(largest, Math.abs(world.slope(i, x, new float[n][2])));
                    gradients[i] = world.slope(i, x, weights);
                }
                double lambda = share * largest;
                for (int i = 0; i < n; i++) {
                    if (weights[i][x] != 0) {
                        assertThat(gradients[i]).isCloseTo(-lambda * Math.signum(weights[i][x]), within(1e-4));
                    } else {
                        assertThat(Math.abs(gradients[i])).isLessThan(lambda + 1e-4);
                    }
                }
            }
        }
    }

    /** Outputs that are linear in who was there, but for noise: the regression finds more of it than the differences do. */
    @Test
    void bothFindWhatIsThereAndTheRegressionMore() {
        var world = new World(200, 8, 600, 1.0, 6);
        var held = world.parts(60, 99);
        var truth = world.truth(held);
        try (var datamodels = world.datamodels()) {
            double differences =
                    mean(LinearDatamodelingScore.of(Datamodels.predicted(datamodels.differences(), held), truth));
            double lasso =
                    mean(LinearDatamodelingScore.of(Datamodels.predicted(datamodels.lasso(0.1, 300), held), truth));
            assertThat(differences).isGreaterThan(0.5);
            assertThat(lasso).isGreaterThan(differences + 0.05);
        }
    }

    private static double mean(double[] values) {
        return java.util.Arrays.stream(values).average().orElseThrow();
    }

    /** A world in which a tenth of the examples matter. */
    private static final class World {

        private final double[][] effects;
        private final int[][] parts;
        private final float[][] outputs;
        private final int examples;
        private final int points;

        World(int examples, int points, int models, double noise, long seed) {
            var random = new Random(seed);
            this.examples = examples;
            this.points = points;
            effects = new double[examples][points];
            for (var row : effects) {
                for (int x = 0; x < points; x++) {
                    row[x] = random.nextInt(10) == 0 ? random.nextGaussian() : 0;
                }
            }
            parts = parts(models, seed + 1);
            outputs = new float[models][points];
            var truth = truth(parts);
            for (int m = 0; m < models; m++) {
                for (int x = 0; x < points; x++) {
                    outputs[m][x] = (float) (3 + truth[m][x] + noise * random.nextGaussian());
                }
            }
        }

        int[][] parts(int count, long seed) {
            var random = new Random(seed);
            var all = new int[count][];
            for (int m = 0; m < count; m++) {
                all[m] = random.ints(0, examples).distinct().limit(examples / 2).toArray();
            }
            return all;
        }

        double[][] truth(int[][] of) {
            var truth = new double[of.length][points];
            for (int m = 0; m < of.length; m++) {
                for (int i : of[m]) {
                    for (int x = 0; x < points; x++) {
                        truth[m][x] += effects[i][x];
                    }
                }
            }
            return truth;
        }

        Datamodels datamodels() {
            var datamodels = new Datamodels(examples, points);
            datamodels.add(parts, outputs);
            return datamodels;
        }

        /** Σ over the set of effects less their mean. */
        double beyondTheMean(int[] set, int x) {
            double mean =
                    Arrays.stream(effects).mapToDouble(row -> row[x]).average().orElseThrow();
            return Arrays.stream(set).mapToDouble(i -> effects[i][x] - mean).sum();
        }

        /** −1_Fᵀ (AᵀA/m + λcI)⁻¹ Aᵀ(f − f̄)/m by an LU decomposition in double precision. */
        double[] ridge(int[] set, double share) {
            int models = parts.length;
            var membership = new Array2DRowRealMatrix(models, examples);
            for (int m = 0; m < models; m++) {
                for (int i : parts[m]) {
                    membership.setEntry(m, i, 1);
                }
            }
            double variance = 0;
            for (int i = 0; i < examples; i++) {
                double mean = Arrays.stream(membership.getColumn(i)).average().orElseThrow();
                variance += mean * (1 - mean) / examples;
                for (int m = 0; m < models; m++) {
                    membership.addToEntry(m, i, -mean);
                }
            }
            var gram = membership
                    .transposeMultiply(membership)
                    .scalarMultiply(1.0 / models)
                    .add(MatrixUtils.createRealIdentityMatrix(examples).scalarMultiply(share * variance));
            var leaving = new double[examples];
            for (int i : set) {
                leaving[i] = -1;
            }
            var weights = membership.operate(new LUDecomposition(gram)
                    .getSolver()
                    .solve(new ArrayRealVector(leaving))
                    .toArray());
            var removed = new double[points];
            for (int m = 0; m < models; m++) {
                for (int x = 0; x < points; x++) {
                    removed[x] += weights[m] * outputs[m][x] / models;
                }
            }
            return removed;
        }

        /** The slope of the squared error in w_i, by the definition: a sum over models, with the best constant. */
        double slope(int i, int x, float[][] weights) {
            int models = parts.length;
            var rest = new double[models];
            double mean = 0;
            double share = 0;
            for (int m = 0; m < models; m++) {
                rest[m] = -outputs[m][x];
                for (int j : parts[m]) {
                    rest[m] += weights[j][x];
                    share += j == i ? 1.0 / models : 0;
                }
                mean += rest[m] / models;
            }
            double slope = 0;
            for (int m = 0; m < models; m++) {
                int index = i;
                double there = java.util.Arrays.stream(parts[m]).anyMatch(j -> j == index) ? 1 : 0;
                slope += (rest[m] - mean) * (there - share) / models;
            }
            return slope;
        }
    }
}
