package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import java.util.List;
import java.util.Map;

/** One flow of inputs through named tensors. */
class Pass {

    /** Sees what enters and leaves the layers that have weights. */
    @FunctionalInterface
    interface LayerTap {

        /**
         * Told of a layer.
         *
         * @param x what enters it
         * @param y what it makes of that
         * @return what goes on in the place of {@code y}
         */
        NDArray passed(Layer layer, NDArray x, NDArray y);
    }

    /** A kind of layer by what its output is of its input and its weights. */
    enum Kind {
        LINEAR,
        CONVOLUTION,
        NORM
    }

    /**
     * A layer that has weights.
     *
     * @param name without {@code .weight}
     * @param stride of a convolution, as is {@code padding}
     */
    record Layer(Kind kind, String name, int stride, int padding) {}

    private static final float NORM_EPSILON = 1e-5f;
    /** DJL counts the share that is kept; PyTorch's own 0.1 is the share that is replaced. */
    private static final float NORM_KEPT = 0.9f;

    private static final Shape TWO = new Shape(2, 2);
    private static final Shape ZERO = new Shape(0, 0);

    private final Map<String, NDArray> tensors;
    private final boolean training;
    private final LayerTap tap;

    /** As below, with nothing to see what passes. */
    Pass(Map<String, NDArray> tensors, boolean training) {
        this(tensors, training, (layer, x, y) -> y);
    }

    Pass(Map<String, NDArray> tensors, boolean training, LayerTap tap) {
        this.tensors = tensors;
        this.training = training;
        this.tap = tap;
    }

    /** Shows linear layers alone. */
    static LayerTap linearTo(Tap tap) {
        return (layer, x, y) -> layer.kind() == Kind.LINEAR ? tap.passed(layer.name(), x, y) : y;
    }

    NDArray convolution(String name, NDArray x, int stride, int padding) {
        var bias = tensors.get(name + ".bias");
        var y = Conv2d.conv2d(x, get(name + ".weight"), bias, new Shape(stride, stride), new Shape(padding, padding))
                .singletonOrThrow();
        return tap.passed(new Layer(Kind.CONVOLUTION, name, stride, padding), x, y);
    }

    NDArray norm(String name, NDArray x) {
        var y = BatchNorm.batchNorm(
                        x,
                        get(name + ".running_mean"),
                        get(name + ".running_var"),
                        get(name + ".weight"),
                        get(name + ".bias"),
                        1,
                        NORM_KEPT,
                        NORM_EPSILON,
                        training)
                .singletonOrThrow();
        return tap.passed(new Layer(Kind.NORM, name, 1, 0), x, y);
    }

    /** What a normalisation in evaluation mode makes of its input before it multiplies and adds. */
    final NDArray normed(String name, NDArray x, NDManager scratch) {
        return normed(name, x, get(name + ".running_mean"), scratch);
    }

    /** The same about another mean. */
    final NDArray normed(String name, NDArray x, NDArray mean, NDManager scratch) {
        var variance = get(name + ".running_var");
        return BatchNorm.batchNorm(
                        x,
                        mean,
                        variance,
                        scratch.ones(variance.getShape()),
                        scratch.zeros(variance.getShape()),
                        1,
                        NORM_KEPT,
                        NORM_EPSILON,
                        false)
                .singletonOrThrow();
    }

    NDArray linear(String name, NDArray x) {
        var y = Linear.linear(x, get(name + ".weight"), get(name + ".bias")).singletonOrThrow();
        return tap.passed(new Layer(Kind.LINEAR, name, 1, 0), x, y);
    }

    NDArray convolutionNormRelu(String name, NDArray x) {
        return relu(norm(name + ".bn", convolution(name + ".conv", x, 1, 1)));
    }

    NDArray relu(NDArray x) {
        return Activation.relu(x);
    }

    NDArray halve(NDArray x) {
        return Pool.maxPool2d(x, TWO, TWO, ZERO, false);
    }

    /** The largest number of each channel, shape (n, channels). */
    NDArray largest(NDArray x) {
        return Pool.globalMaxPool2d(x);
    }

    /** Over the last axis. */
    NDArray layerNorm(String name, NDArray x, double epsilon) {
        return call("layer_norm", x, x.getManager().create(epsilon), get(name + ".weight"), get(name + ".bias"));
    }

    /** The exact one: x Φ(x). */
    NDArray gelu(NDArray x) {
        return call("gelu", x);
    }

    /**
     * Tokens of images with their positions, shape (n, h · w + 1, d).
     *
     * @param patches shape (n, d, h, w)
     * @param first name of the token that stands before them
     */
    NDArray tokens(NDArray patches, String first, String positions) {
        return call("image_tokens", patches, get(first), get(positions));
    }

    /** Shape (n, d). */
    NDArray firstToken(NDArray x) {
        return call("first_token", x);
    }

    /** Every token looks at every token of its image; all arrays of shape (n, tokens, d). */
    NDArray attention(NDArray query, NDArray key, NDArray value, int heads) {
        return call("attend_all", query, key, value, query.getManager().create(heads));
    }

    private static NDArray call(String method, NDArray x, NDArray... others) {
        var arguments = new NDList(x);
        arguments.addAll(List.of(others));
        return Kernels.shared().call(method, x.getManager(), arguments);
    }

    final NDArray get(String name) {
        var tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalStateException("no tensor " + name);
        }
        return tensor;
    }
}
