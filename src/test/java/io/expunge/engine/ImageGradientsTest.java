package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Projected gradients of networks with convolutions against their naive twin: one way back for each example, in the weights. */
class ImageGradientsTest {

    private static final int DIMENSIONS = 16;
    private static final long SEED = 5;
    private static final int CLASSES = 3;

    static NetworkArchitecture[] small() {
        return new NetworkArchitecture[] {new SmallCnn(1, 8, 8, CLASSES), new ResNet9(2, 8, 8, CLASSES)};
    }

    static NetworkArchitecture[] all() {
        return new NetworkArchitecture[] {
            new SmallCnn(1, 8, 8, CLASSES), new ResNet9(2, 8, 8, CLASSES), new ResNet18(1, 8, 8, CLASSES)
        };
    }

    @ParameterizedTest
    @MethodSource("small")
    void projectedGradientsAreThoseOfEachExampleAlone(NetworkArchitecture architecture) {
        var weights = weights(architecture);
        var examples = examples(architecture, 4);
        var gradients = new ProjectedGradients(architecture, DIMENSIONS, SEED);
        compare(gradients.ofLogits(weights, examples, 1), naive(architecture, weights, examples, false));
        compare(gradients.ofMargins(weights, examples), naive(architecture, weights, examples, true));
    }

    /** Forward differentiation, which knows nothing of what comes back to a layer or of patches. */
    @ParameterizedTest
    @MethodSource("all")
    void logitsMoveAlongADirectionByTheProductOfTheirGradientsWithIt(NetworkArchitecture architecture) {
        var weights = weights(architecture);
        var examples = examples(architecture, 4);
        var gradients = new ProjectedGradients(architecture, DIMENSIONS, SEED);
        var random = new Random(3);
        var direction = new float[DIMENSIONS];
        for (int d = 0; d < DIMENSIONS; d++) {
            direction[d] = (float) random.nextGaussian();
        }
        var expected = new double[examples.size()][CLASSES];
        for (int c = 0; c < CLASSES; c++) {
            var projected = gradients.ofLogits(weights, examples, c);
            for (int i = 0; i < expected.length; i++) {
                for (int d = 0; d < DIMENSIONS; d++) {
                    expected[i][c] += projected[i][d] * direction[d];
                }
            }
        }
        compare(gradients.along(weights, examples, direction), expected);
    }

    private static void compare(float[][] found, double[][] expected) {
        double largest = Arrays.stream(expected)
                .flatMapToDouble(Arrays::stream)
                .map(Math::abs)
                .max()
                .orElseThrow();
        assertThat(largest).isPositive();
        assertThat(found).hasDimensions(expected.length, expected[0].length);
        for (int i = 0; i < found.length; i++) {
            for (int d = 0; d < found[i].length; d++) {
                assertThat(Math.abs(found[i][d] - expected[i][d])).isLessThan(1e-4 * largest);
            }
        }
    }

    private static double[][] naive(
            NetworkArchitecture architecture, Map<String, float[]> weights, Examples examples, boolean margin) {
        var signs = new RandomSigns(SEED, DIMENSIONS);
        var projected = new double[examples.size()][DIMENSIONS];
        for (int i = 0; i < examples.size(); i++) {
            var row = projected[i];
            var own = gradient(architecture, weights, examples.subset(new int[] {i}), margin);
            GradientLayer.of(architecture).forEach((name, layer) -> {
                var matrix = own.get(name + ".weight");
                int width = matrix.length / layer.units();
                for (int unit = 0; unit < layer.units(); unit++) {
                    for (int w = 0; w < layer.width(); w++) {
                        float number = w < width ? matrix[unit * width + w] : own.get(name + ".bias")[unit];
                        long place = layer.first() + (long) unit * layer.width() + w;
                        for (int d = 0; d < DIMENSIONS; d++) {
                            row[d] += number * signs.sign(place, d) / Math.sqrt(DIMENSIONS);
                        }
                    }
                }
            });
        }
        return projected;
    }

    /** By backpropagation into the weights themselves. */
    private static Map<String, float[]> gradient(
            NetworkArchitecture architecture, Map<String, float[]> weights, Examples example, boolean margin) {
        return Lane.hold(() -> {
            try (var network = Network.initialise(architecture, 0)) {
                network.restore(weights);
                var layers = Layers.of(architecture);
                var parameters = network.parameters();
                try (var collector = Torch.engine().newGradientCollector()) {
                    var pass = new Pass(parameters.forTraining(), false);
                    var logits =
                            pass.linear(layers.head(), layers.features(pass, example.inputsOn(parameters.manager())));
                    collector.backward(margin ? margin(logits, example.labels()[0]) : logits.get("0, 1"));
                }
                var gradients = new LinkedHashMap<String, float[]>();
                parameters
                        .leaves()
                        .forEach((name, leaf) ->
                                gradients.put(name, leaf.getGradient().toFloatArray()));
                return gradients;
            }
        });
    }

    private static NDArray margin(NDArray logits, int label) {
        var others = IntStream.range(0, CLASSES)
                .filter(c -> c != label)
                .mapToObj(c -> logits.get(0, c).exp())
                .reduce(NDArray::add)
                .orElseThrow();
        return logits.get(0, label).sub(others.log());
    }

    /** Running means and variances are those of no new network. */
    private static Map<String, float[]> weights(NetworkArchitecture architecture) {
        var random = new Random(4);
        var weights = new LinkedHashMap<>(Network.initial(architecture, 3));
        weights.replaceAll((name, numbers) -> {
            var moved = numbers.clone();
            for (int i = 0; i < moved.length; i++) {
                moved[i] += (float) (name.endsWith("running_var") ? random.nextDouble() : random.nextGaussian() * 0.05);
            }
            return moved;
        });
        return weights;
    }

    private static Examples examples(NetworkArchitecture architecture, int size) {
        var shape = architecture.inputShape();
        var random = new Random(1);
        var labels = new int[size];
        Arrays.setAll(labels, i -> i % CLASSES);
        var numbers = new float[size * Math.toIntExact(shape[0] * shape[1] * shape[2])];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return Examples.ofFloats(numbers, labels, shape);
    }

    @Test
    void ofTransformersNoneAreProjected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ProjectedGradients(SmallVision.VIT, 8, 1))
                .withMessageContaining("cannot be projected");
    }
}
