package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class ProjectedGradientsTest {

    private static final Mlp MLP = new Mlp(6, List.of(9, 5), 3);
    private static final int DIMENSIONS = 70;
    private static final long SEED = 12;
    private static final RandomSigns SIGNS = new RandomSigns(SEED, DIMENSIONS);

    /** Finite differences in double precision, times a projection that is written out: the naive twin. */
    @Test
    void projectedMarginsAreFiniteDifferencesTimesTheProjection() {
        compare(
                new ProjectedGradients(MLP, DIMENSIONS, SEED).ofMargins(weights(), examples()),
                (logits, label) -> logits[label] - Math.log(sumOfOthers(logits, label)));
    }

    @Test
    void projectedLogitsAreToo() {
        compare(
                new ProjectedGradients(MLP, DIMENSIONS, SEED).ofLogits(weights(), examples(), 2),
                (logits, label) -> logits[2]);
    }

    /** Forward differentiation against gradients. */
    @Test
    void logitsMoveAlongADirectionByTheProductOfTheirGradientsWithIt() {
        var gradients = new ProjectedGradients(MLP, DIMENSIONS, SEED);
        var random = new Random(8);
        var direction = new float[DIMENSIONS];
        for (int d = 0; d < DIMENSIONS; d++) {
            direction[d] = (float) random.nextGaussian();
        }
        var moved = gradients.along(weights(), examples(), direction);
        for (int c = 0; c < 3; c++) {
            var projected = gradients.ofLogits(weights(), examples(), c);
            for (int i = 0; i < projected.length; i++) {
                double expected = 0;
                for (int d = 0; d < DIMENSIONS; d++) {
                    expected += projected[i][d] * direction[d];
                }
                assertThat((double) moved[i][c]).isCloseTo(expected, within(1e-4 * (1 + Math.abs(expected))));
            }
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> gradients.along(weights(), examples(), new float[DIMENSIONS - 1]));
    }

    @Test
    void whatIsNotThereIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ProjectedGradients(MLP, 0, SEED));
        assertThat(SIGNS.sign(3, 65)).isIn(-1, 1);
    }

    /** Inner products are kept in the mean. */
    @Test
    void theSignsAreEven() {
        int sum = 0;
        for (int row = 0; row < 1_000; row++) {
            for (int column = 0; column < 100; column++) {
                sum += SIGNS.sign(row, column);
            }
        }
        assertThat(Math.abs(sum)).isLessThan(5 * 317);
    }

    private interface Output {
        double of(double[] logits, int label);
    }

    private static void compare(float[][] projected, Output output) {
        var examples = examples();
        var features = features();
        for (int i = 0; i < examples.size(); i++) {
            var x = features[i];
            int label = examples.labels()[i];
            var gradient = gradient(weights -> output.of(logits(weights, x), label));
            for (int d = 0; d < DIMENSIONS; d++) {
                double expected = 0;
                for (int p = 0; p < gradient.length; p++) {
                    expected += gradient[p] * SIGNS.sign(p, d);
                }
                assertThat((double) projected[i][d]).isCloseTo(expected / Math.sqrt(DIMENSIONS), within(1e-4));
            }
        }
    }

    /** Layer by layer, unit by unit, weights and then the bias. */
    private static double[] gradient(ToDoubleFunction<Map<String, double[]>> output) {
        var weights = new LinkedHashMap<String, double[]>();
        weights().forEach((name, numbers) -> {
            var doubles = new double[numbers.length];
            for (int i = 0; i < doubles.length; i++) {
                doubles[i] = numbers[i];
            }
            weights.put(name, doubles);
        });
        var gradient = new ArrayList<Double>();
        for (int layer = 1; layer <= 3; layer++) {
            var matrix = weights.get("fc" + layer + ".weight");
            var bias = weights.get("fc" + layer + ".bias");
            int width = matrix.length / bias.length;
            for (int unit = 0; unit < bias.length; unit++) {
                for (int j = 0; j < width; j++) {
                    gradient.add(slope(matrix, unit * width + j, weights, output));
                }
                gradient.add(slope(bias, unit, weights, output));
            }
        }
        return gradient.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double slope(
            double[] numbers, int at, Map<String, double[]> weights, ToDoubleFunction<Map<String, double[]>> output) {
        double step = 1e-6;
        double value = numbers[at];
        numbers[at] = value + step;
        double above = output.applyAsDouble(weights);
        numbers[at] = value - step;
        double below = output.applyAsDouble(weights);
        numbers[at] = value;
        return (above - below) / (2 * step);
    }

    private static double[] logits(Map<String, double[]> weights, double[] x) {
        var in = x;
        for (int layer = 1; layer <= 3; layer++) {
            var matrix = weights.get("fc" + layer + ".weight");
            var bias = weights.get("fc" + layer + ".bias");
            var out = new double[bias.length];
            for (int unit = 0; unit < out.length; unit++) {
                out[unit] = bias[unit];
                for (int j = 0; j < in.length; j++) {
                    out[unit] += matrix[unit * in.length + j] * in[j];
                }
                if (layer < 3) {
                    out[unit] = Math.max(0, out[unit]);
                }
            }
            in = out;
        }
        return in;
    }

    private static double sumOfOthers(double[] logits, int label) {
        double sum = 0;
        for (int j = 0; j < logits.length; j++) {
            sum += j == label ? 0 : Math.exp(logits[j]);
        }
        return sum;
    }

    private static Map<String, float[]> weights() {
        var random = new Random(4);
        var weights = new LinkedHashMap<>(Network.initial(MLP, 3));
        weights.replaceAll((name, numbers) -> {
            var moved = numbers.clone();
            for (int i = 0; i < moved.length; i++) {
                moved[i] += (float) random.nextGaussian() * 0.3f;
            }
            return moved;
        });
        return weights;
    }

    private static double[][] features() {
        var random = new Random(1);
        var features = new double[12][6];
        for (var row : features) {
            for (int j = 0; j < 6; j++) {
                row[j] = (float) random.nextGaussian();
            }
        }
        return features;
    }

    private static Examples examples() {
        var features = features();
        var flat = new float[features.length * 6];
        var labels = new int[features.length];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i % 3;
            for (int j = 0; j < 6; j++) {
                flat[i * 6 + j] = (float) features[i][j];
            }
        }
        return Examples.ofFloats(flat, labels, 6);
    }
}
