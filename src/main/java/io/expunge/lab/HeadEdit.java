package io.expunge.lab;

import io.expunge.engine.Examples;
import io.expunge.engine.Network;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/** Edits a network's last linear layer and nothing below it. */
final class HeadEdit {

    private static final int EPOCHS = 5;
    private static final double RATE = 0.02;

    private final Network network;
    private final String weight;
    private final String bias;

    HeadEdit(Network network) {
        this.network = network;
        var names = new ArrayList<>(network.weights().keySet());
        this.weight = names.get(names.size() - 2);
        this.bias = names.getLast();
    }

    /** Adds to the output of one class, whatever the input. */
    void shift(int label, float by) {
        var weights = network.weights();
        tensor(weights, bias)[label] += by;
        network.restore(weights);
    }

    /** Goes on training on {@code examples} by stochastic gradient descent on the cross-entropy, one at a time. */
    void train(Examples examples, long seed) {
        var features = network.features(examples);
        var labels = examples.labels();
        var weights = network.weights();
        var w = tensor(weights, weight);
        var b = tensor(weights, bias);
        var random = new SplittableRandom(seed);
        for (int step = 0; step < EPOCHS * labels.length; step++) {
            int row = random.nextInt(labels.length);
            var x = features[row];
            var slope = slope(w, b, x, labels[row]);
            for (int c = 0; c < b.length; c++) {
                float move = (float) (RATE * slope[c]);
                b[c] -= move;
                for (int j = 0; j < x.length; j++) {
                    w[c * x.length + j] -= move * x[j];
                }
            }
        }
        network.restore(weights);
    }

    private static float[] tensor(Map<String, float[]> weights, String name) {
        return Objects.requireNonNull(weights.get(name), name);
    }

    /** Gradient of the cross-entropy by the logits: p − 1[c = label]. */
    private static double[] slope(float[] w, float[] b, float[] x, int label) {
        var slope = new double[b.length];
        double highest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < b.length; c++) {
            double z = b[c];
            for (int j = 0; j < x.length; j++) {
                z += w[c * x.length + j] * x[j];
            }
            slope[c] = z;
            highest = Math.max(highest, z);
        }
        double sum = 0;
        for (int c = 0; c < b.length; c++) {
            slope[c] = Math.exp(slope[c] - highest);
            sum += slope[c];
        }
        for (int c = 0; c < b.length; c++) {
            slope[c] = slope[c] / sum - (c == label ? 1 : 0);
        }
        return slope;
    }
}
