package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import java.util.List;
import java.util.Map;

/** One flow of inputs through named tensors. */
final class Pass {

    private static final float NORM_EPSILON = 1e-5f;
    /** DJL counts the share that is kept; PyTorch's own 0.1 is the share that is replaced. */
    private static final float NORM_KEPT = 0.9f;

    private static final Shape TWO = new Shape(2, 2);
    private static final Shape ZERO = new Shape(0, 0);

    private final Map<String, NDArray> tensors;
    private final boolean training;
    private final Tap tap;

    Pass(Map<String, NDArray> tensors, boolean training) {
        this(tensors, training, Tap.NONE);
    }

    Pass(Map<String, NDArray> tensors, boolean training, Tap tap) {
        this.tensors = tensors;
        this.training = training;
        this.tap = tap;
    }

    NDArray convolution(String name, NDArray x, int stride, int padding) {
        var bias = tensors.get(name + ".bias");
        return Conv2d.conv2d(x, get(name + ".weight"), bias, new Shape(stride, stride), new Shape(padding, padding))
                .singletonOrThrow();
    }

    NDArray norm(String name, NDArray x) {
        return BatchNorm.batchNorm(
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
    }

    NDArray linear(String name, NDArray x) {
        return tap.passed(
                name,
                x,
                Linear.linear(x, get(name + ".weight"), get(name + ".bias")).singletonOrThrow());
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

    private NDArray get(String name) {
        var tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalStateException("no tensor " + name);
        }
        return tensor;
    }
}
