package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expunge.engine.Examples;
import io.expunge.engine.Mlp;
import io.expunge.engine.Monitor;
import io.expunge.engine.Network;
import io.expunge.engine.Recipe;
import io.expunge.engine.Stopped;
import io.expunge.engine.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Real networks on four clouds of points, one of which is to be forgotten. */
class BatteryTest {

    private static final Recipe RECIPE = new Recipe(15, 32, 0.05, 0.9, 0, Recipe.Schedule.COSINE, false);
    private static final Mlp ARCHITECTURE = new Mlp(6, List.of(16, 16), 4);
    private static final int GONE = 3;

    private static EvaluationSets sets;
    private static Network parent;
    private static List<Network> references;

    @BeforeAll
    static void train() {
        var train = clouds(800, 1);
        var labels = train.labels();
        sets = new EvaluationSets(
                train.subset(Rows.where(800, i -> labels[i] == GONE)),
                train.subset(Rows.where(800, i -> labels[i] != GONE)),
                clouds(600, 2));
        parent = Trainer.train(ARCHITECTURE, RECIPE, train, 1, Monitor.NONE);
        references = IntStream.of(2, 3, 4).mapToObj(BatteryTest::retrained).toList();
    }

    @AfterAll
    static void close() {
        parent.close();
        references.forEach(Network::close);
    }

    @Test
    void theParentFailsWhereAnotherRetrainingDoesNot() {
        try (var honest = retrained(5)) {
            assertThat(outcome(parent)).isEqualTo(Outcome.FAILED);
            assertThat(outcome(honest)).isNotEqualTo(Outcome.FAILED);
        }
    }

    @Test
    void theRelearningProbeFindsAClassThatOnlyABiasHides() {
        try (var hidden = parent.copy()) {
            var weights = hidden.weights();
            var bias = weights.get("fc3.bias");
            assertThat(bias).isNotNull().hasSize(4);
            bias[GONE] -= 50;
            hidden.restore(weights);
            var findings = measure(hidden).findings();
            assertThat(findings)
                    .filteredOn(f -> f.check().equals("forget.accuracy"))
                    .singleElement()
                    .satisfies(f -> assertThat(f.after()).isZero());
            assertThat(findings)
                    .filteredOn(f -> f.check().equals("parent.features"))
                    .singleElement()
                    .satisfies(f -> assertThat(f.after()).isZero());
            assertThat(Verdict.of(measure(hidden), Thresholds.calibrated()).outcome())
                    .isEqualTo(Outcome.FAILED);
        }
    }

    @Test
    void measuringIsRepeatableAndLeavesTheNetworksAsTheyAre() {
        var before = references.getFirst().weights();
        var first = measure(parent);
        assertThat(measure(parent)).isEqualTo(first);
        references
                .getFirst()
                .weights()
                .forEach((name, values) -> assertThat(values).isEqualTo(before.get(name)));
    }

    @Test
    void tellsHowFarItIsAndStopsWhenAsked() {
        var seen = new ArrayList<Long>();
        var monitor = new Monitor() {
            @Override
            public void progress(String stage, long done, long total, double loss) {
                seen.add(done);
            }

            @Override
            public boolean stopRequested() {
                return seen.size() >= 2;
            }
        };
        assertThatThrownBy(() -> new Battery(1).measure(parent, parent, references, sets, RECIPE, monitor))
                .isInstanceOf(Stopped.class);
        assertThat(seen).containsExactly(1L, 2L);
    }

    private static Outcome outcome(Network network) {
        return Verdict.of(measure(network), Thresholds.calibrated()).outcome();
    }

    private static Findings measure(Network network) {
        return new Battery(1).measure(parent, network, references, sets, RECIPE, Monitor.NONE);
    }

    private static Network retrained(int seed) {
        return Trainer.train(ARCHITECTURE, RECIPE, sets.retain(), seed, Monitor.NONE);
    }

    /** Points around the first four corners, some of them far off. */
    private static Examples clouds(int count, long seed) {
        var random = new Random(seed);
        var features = new float[count * 6];
        var labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = i % 4;
            for (int j = 0; j < 6; j++) {
                features[i * 6 + j] = (float) (random.nextGaussian() + (j == labels[i] ? 3.5 : 0));
            }
        }
        return Examples.ofFloats(features, labels, 6);
    }
}
