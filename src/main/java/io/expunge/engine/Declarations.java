package io.expunge.engine;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Names, shapes and starting values of a network's tensors, in the order in which they are declared. */
final class Declarations {

    /**
     * @param gain γ: weights are drawn from N(0, γ² / fan-in); 0 for tensors that start at {@code constant}
     * @param trained false for running statistics
     * @param isMatrix whether it is a convolution's or linear layer's matrix, the only kind that magnitude pruning takes from
     */
    record Tensor(long[] shape, double gain, float constant, boolean trained, boolean isMatrix) {

        int size() {
            return Declarations.size(shape);
        }
    }

    private static final double RELU_GAIN = Math.sqrt(2);
    /** Standard deviation of embeddings: Dosovitskiy et al. 2021 as published. */
    private static final double EMBEDDING = 0.02;

    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    static Declarations of(Layers layers) {
        var declarations = new Declarations();
        layers.declare(declarations);
        return declarations;
    }

    /** Square kernels, no bias: the normalisation that follows has one. */
    void convolution(String name, int in, int out, int kernel) {
        add(name + ".weight", RELU_GAIN, 0, true, out, in, kernel, kernel);
    }

    void biasedConvolution(String name, int in, int out, int kernel) {
        convolution(name, in, out, kernel);
        add(name + ".bias", 0, 0, true, out);
    }

    void norm(String name, int channels) {
        add(name + ".weight", 0, 1, true, channels);
        add(name + ".bias", 0, 0, true, channels);
        add(name + ".running_mean", 0, 0, false, channels);
        add(name + ".running_var", 0, 1, false, channels);
    }

    /** A linear layer that a ReLU follows. */
    void linear(String name, int in, int out) {
        add(name + ".weight", RELU_GAIN, 0, true, out, in);
        add(name + ".bias", 0, 0, true, out);
    }

    void head(String name, int in, int out) {
        add(name + ".weight", 1, 0, true, out, in);
        add(name + ".bias", 0, 0, true, out);
    }

    /** A table that is added to tokens. */
    void embedding(String name, long... shape) {
        double fanIn = size(shape) / (double) shape[0];
        tensors.put(name, new Tensor(shape, EMBEDDING * Math.sqrt(fanIn), 0, true, false));
    }

    /** A linear layer over patches, as a convolution that moves by its own side. */
    void patches(String name, int in, int out, int side) {
        add(name + ".weight", 1, 0, true, out, in, side, side);
        add(name + ".bias", 0, 0, true, out);
    }

    void layerNorm(String name, int width) {
        add(name + ".weight", 0, 1, true, width);
        add(name + ".bias", 0, 0, true, width);
    }

    Map<String, Tensor> tensors() {
        return tensors;
    }

    /** Kaiming initialisation: He et al. 2015, <a href="https://arxiv.org/abs/1502.01852">paper</a>. */
    Map<String, float[]> initial(long seed) {
        var weights = new LinkedHashMap<String, float[]>();
        int index = 0;
        for (var entry : tensors.entrySet()) {
            weights.put(entry.getKey(), initial(entry.getValue(), Seeds.derive(seed, index++)));
        }
        return weights;
    }

    private static float[] initial(Tensor tensor, long seed) {
        var values = new float[tensor.size()];
        if (tensor.gain == 0) {
            Arrays.fill(values, tensor.constant);
            return values;
        }
        double fanIn = values.length / (double) tensor.shape[0];
        double deviation = tensor.gain / Math.sqrt(fanIn);
        var random = new Random(seed);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return values;
    }

    private static int size(long[] shape) {
        return Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    }

    private void add(String name, double gain, float constant, boolean trained, long... shape) {
        tensors.put(name, new Tensor(shape, gain, constant, trained, shape.length > 1));
    }
}
