package io.expunge.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.expunge.engine.Examples;
import io.expunge.engine.Mlp;
import io.expunge.engine.Monitor;
import io.expunge.engine.Network;
import io.expunge.engine.Recipe;
import io.expunge.engine.Session;
import io.expunge.engine.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * On the smallest network, h = relu(x) and logits w h + b with w = b = 0, the gradient of the mean over points and classes of
 * (z − t)² in w_c is −(1/n) Σ t_c h, and Adam's first step is η against its sign.
 */
class MatchingTest {

    private static final Mlp NET = new Mlp(1, List.of(1), 2);
    private static final Examples FORGET = Examples.ofFloats(new float[] {2}, new int[] {1}, 1);
    private static final Examples RETAIN = Examples.ofFloats(new float[] {4}, new int[] {0}, 1);

    @Test
    void theFirstStepGoesTowardsTheTargetsOfAllPoints() {
        // Σ t h = 2 (1, −1) + 4 (3, 2) = (14, 6) and Σ t = (4, 1)
        var after = matched(1, 1, fixed(new float[] {1, -1}, new float[] {3, 2}));
        assertThat(after.get("fc2.weight")).containsExactly(new float[] {0.25f, 0.25f}, within(1e-6f));
        assertThat(after.get("fc2.bias")).containsExactly(new float[] {0.25f, 0.25f}, within(1e-6f));
    }

    @Test
    void recordsToForgetCountAsOftenAsTheyAreRepeated() {
        // Σ t h = 9 · 2 (1, −1) + 4 (3, 2) = (30, −10) and Σ t = 9 (1, −1) + (3, 2) = (12, −7)
        var after = matched(9, 1, fixed(new float[] {1, -1}, new float[] {3, 2}));
        assertThat(after.get("fc2.weight")).containsExactly(new float[] {0.25f, -0.25f}, within(1e-6f));
        assertThat(after.get("fc2.bias")).containsExactly(new float[] {0.25f, -0.25f}, within(1e-6f));
    }

    @Test
    void theLossIsTheMeanSquareOfWhatTheMultiplierMakesOfThePrediction() {
        var teacher = fixed(new float[] {1, -1}, new float[] {3, 2});
        assertThat(loss(1, teacher)).isCloseTo((1 + 1 + 9 + 4) / 4.0, within(1e-6));
        assertThat(loss(2, teacher)).isCloseTo((1 + 1 + 9 + 4) * 4 / 4.0, within(1e-6));
        assertThat(loss(0, teacher)).isZero();
    }

    @Test
    void aTeacherIsMatchedOnBothSets() {
        var net = new Mlp(2, List.of(16), 2);
        var recipe = new Recipe(20, 8, 0.1, 0.9, 1e-3, Recipe.Schedule.COSINE, false);
        var forget = line(10, 3);
        var retain = line(60, 0);
        try (var network = Trainer.train(net, recipe, Examples.concat(forget, retain), 3, Monitor.NONE);
                var other = Trainer.train(net, recipe, retain, 4, Monitor.NONE)) {
            var teacher = of(other, forget, retain);
            double before = apart(network, other, forget) + apart(network, other, retain);
            new OracleMatching(new Matching(2, 6, 60, 16, 0.01, Recipe.Schedule.COSINE, 5))
                    .apply(new Task(
                            network,
                            forget,
                            retain,
                            recipe,
                            Optional.empty(),
                            Optional.empty(),
                            Optional.of(teacher),
                            new Session(Monitor.NONE)));
            assertThat(apart(network, other, forget) + apart(network, other, retain))
                    .isLessThan(before / 50);
        }
    }

    @Test
    void retainedRecordsAreDrawnOnceAndAsManyAsAskedFor() {
        var session = new Session(Monitor.NONE);
        try (var network = Network.initialise(new Mlp(2, List.of(3), 2), 0)) {
            var drawn = new ArrayList<int[]>();
            var teacher = new Teacher() {
                @Override
                public float[][] onForget() {
                    return new float[4][2];
                }

                @Override
                public float[][] onRetain(int[] rows) {
                    drawn.add(rows);
                    return new float[rows.length][2];
                }
            };
            new DatamodelMatching(Estimator.TRAK, 1, new Matching(5, 3, 2, 16, 0.01, Recipe.Schedule.CONSTANT, 5))
                    .apply(new Task(
                            network,
                            line(4, 1),
                            line(40, 0),
                            new Recipe(1, 8, 0.1, 0, 0, Recipe.Schedule.CONSTANT, false),
                            Optional.empty(),
                            Optional.of(teacher),
                            Optional.empty(),
                            session));
            assertThat(drawn).hasSize(1);
            assertThat(drawn.getFirst())
                    .hasSize(12)
                    .doesNotHaveDuplicates()
                    .isSorted()
                    .isNotEqualTo(new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
            assertThat(session.examplesSeen()).isEqualTo(2 * (5 * 4 + 3 * 4));
        }
    }

    @Test
    void nothingIsMatchedWithoutAnAttribution() {
        try (var network = Network.initialise(NET, 0)) {
            var task = new Task(
                    network,
                    FORGET,
                    RETAIN,
                    new Recipe(1, 2, 0.5, 0, 0, Recipe.Schedule.CONSTANT, false),
                    Optional.empty(),
                    new Session(Monitor.NONE));
            var matching = new Matching(1, 1, 1, 8, 0.25, Recipe.Schedule.CONSTANT, 1);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new DatamodelMatching(Estimator.TRAK, 1, matching).apply(task))
                    .withMessageContaining("attribution");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new OracleMatching(matching).apply(task))
                    .withMessageContaining("retrained");
        }
    }

    @Test
    void hyperParametersOutOfRangeAreRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Matching(0, 20, 4, 512, 1e-4, Recipe.Schedule.CONSTANT, 1))
                .withMessageContaining("forgetRepeats");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Matching(5, 20, 4, 512, 0, Recipe.Schedule.CONSTANT, 1))
                .withMessageContaining("learningRate");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PruneThenUnlearn(
                        0.9,
                        1,
                        new DatamodelMatching(
                                Estimator.TRAK, 1, new Matching(5, 20, 4, 512, 1e-4, Recipe.Schedule.CONSTANT, 1))))
                .withMessageContaining("inner");
    }

    private static Map<String, float[]> matched(int repeats, double multiplier, Teacher teacher) {
        return matched(repeats, multiplier, teacher, Monitor.NONE);
    }

    private static double loss(double multiplier, Teacher teacher) {
        var losses = new ArrayList<Double>();
        matched(1, multiplier, teacher, new Monitor() {
            @Override
            public void progress(String stage, long done, long total, double loss) {
                losses.add(loss);
            }
        });
        return losses.getFirst();
    }

    private static Map<String, float[]> matched(int repeats, double multiplier, Teacher teacher, Monitor monitor) {
        try (var network = Network.initialise(NET, 0)) {
            network.restore(Map.of(
                    "fc1.weight", new float[] {1},
                    "fc1.bias", new float[] {0},
                    "fc2.weight", new float[] {0, 0},
                    "fc2.bias", new float[] {0, 0}));
            new DatamodelMatching(
                            Estimator.TRAK,
                            multiplier,
                            new Matching(repeats, 1, 1, 64, 0.25, Recipe.Schedule.CONSTANT, 1))
                    .apply(new Task(
                            network,
                            FORGET,
                            RETAIN,
                            new Recipe(1, 2, 0.5, 0, 0, Recipe.Schedule.CONSTANT, false),
                            Optional.empty(),
                            Optional.of(teacher),
                            Optional.empty(),
                            new Session(monitor)));
            return network.weights();
        }
    }

    private static Teacher fixed(float[] onForget, float[] onRetain) {
        return new Teacher() {
            @Override
            public float[][] onForget() {
                return new float[][] {onForget};
            }

            @Override
            public float[][] onRetain(int[] rows) {
                return Arrays.stream(rows).mapToObj(row -> onRetain).toArray(float[][]::new);
            }
        };
    }

    private static Teacher of(Network other, Examples forget, Examples retain) {
        return new Teacher() {
            @Override
            public float[][] onForget() {
                return other.logits(forget);
            }

            @Override
            public float[][] onRetain(int[] rows) {
                return other.logits(retain.subset(rows));
            }
        };
    }

    private static double apart(Network a, Network b, Examples examples) {
        var first = a.logits(examples);
        var second = b.logits(examples);
        double sum = 0;
        for (int i = 0; i < first.length; i++) {
            for (int c = 0; c < first[i].length; c++) {
                double difference = first[i][c] - second[i][c];
                sum += difference * difference / first.length;
            }
        }
        return sum;
    }

    private static Examples line(int n, int shift) {
        var features = new float[2 * n];
        var labels = new int[n];
        for (int i = 0; i < n; i++) {
            features[2 * i] = ((i + shift) * 37 % 19) / 10f - 0.9f;
            features[2 * i + 1] = ((i + shift) * 53 % 23) / 10f - 1.1f;
            labels[i] = features[2 * i] + features[2 * i + 1] > 0 ? 1 : 0;
        }
        return Examples.ofFloats(features, labels, 2);
    }
}
