package io.expunge.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.expunge.engine.Examples;
import io.expunge.engine.Mlp;
import io.expunge.engine.Recipe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The experiment in the small: patterns under noise, of which a whole cluster is forgotten. */
class MatchingExperimentTest {

    @Test
    void matchingComesNearerToRetrainingThanDoingNothingWhereNeighboursGo() throws IOException {
        var text = new StringWriter();
        var progress = new StringWriter();
        var report = new Report(new PrintWriter(text), new PrintWriter(progress));
        var problem = new MatchingProblem(
                new Mlp(16, List.of(12), 4),
                new Recipe(10, 32, 0.1, 0.9, 5e-4, Recipe.Schedule.COSINE, false),
                patterns(450, 1),
                patterns(200, 2),
                250,
                128);
        var table = new MatchingExperiment(new MatchingExperiment.Size(20, 2, 3, 2, 300, 30))
                .measure(problem, List.of("graddiff", "dmm-trak", "dmm-datamodel", "oracle"), 1, report);
        var figures = report.figures();
        assertThat(table.kinds()).containsExactly("random10", "random100", "neighbours", "pc1");
        assertThat(figures.get("neighbours.nothing.klom.forget.mean"))
                .isGreaterThan(figures.get("neighbours.retrain.klom.forget.mean"));
        assertThat(figures.get("neighbours.dmm-trak.klom.forget.mean"))
                .isLessThan(figures.get("neighbours.nothing.klom.forget.mean"));
        assertThat(figures.get("random100.dmm-trak.cost.mean")).isBetween(0.1, 15.0);
        assertThat(figures.get("random100.retrain.cost.mean")).isEqualTo(100);
        assertThat(figures).containsKey("null.klom.p95");
        assertThat(text.toString()).contains("gradient difference", "DMM from datamodels", "explains");
        assertThat(progress.toString()).contains("pc1, oracle");
        var png = new ByteArrayOutputStream();
        MatchingPlot.write(table, png);
        assertThat(png.toByteArray()).startsWith(0x89, 'P', 'N', 'G');
    }

    @Test
    void anUnknownDataSetIsRefused() {
        assertThatExceptionOfType(LabOptions.Refused.class)
                .isThrownBy(() -> MatchingProblem.of("letters", Path.of(".")))
                .withMessageContaining("--dataset");
    }

    /** Against a matrix whose first component is known. */
    @Test
    void theFirstComponentIsWhatMostColumnsShare() {
        var random = new Random(3);
        var shared = random.doubles(40, -1, 1).toArray();
        var matrix = new float[40][6];
        for (int i = 0; i < 40; i++) {
            for (int x = 0; x < 6; x++) {
                matrix[i][x] = (float) (5 + (x + 1) * shared[i] + 0.01 * random.nextGaussian());
            }
        }
        double mean = Arrays.stream(shared).average().orElseThrow();
        var component = ForgetSets.firstComponent(matrix);
        double ratio = component[0] / (shared[0] - mean);
        for (int i = 0; i < 40; i++) {
            assertThat(component[i] / ratio).isBetween(shared[i] - mean - 0.02, shared[i] - mean + 0.02);
        }
    }

    @Test
    void neighboursAreTheNearestAndTheCentreIsAmongThem() {
        var features = IntStream.range(0, 20).mapToObj(i -> new float[] {i, 0}).toArray(float[][]::new);
        assertThat(ForgetSets.neighbours(features, 7, 5)).containsExactly(5, 6, 7, 8, 9);
    }

    private static Examples patterns(int count, long seed) {
        var centres = new Random(0);
        var patterns = new float[4][16];
        for (var pattern : patterns) {
            for (int j = 0; j < 16; j++) {
                pattern[j] = (float) centres.nextGaussian();
            }
        }
        var random = new Random(seed);
        var features = new float[count * 16];
        var labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = random.nextInt(4);
            for (int j = 0; j < 16; j++) {
                features[i * 16 + j] = (float) (patterns[labels[i]][j] + 1.3 * random.nextGaussian());
            }
        }
        return Examples.ofFloats(features, labels, 16);
    }
}
