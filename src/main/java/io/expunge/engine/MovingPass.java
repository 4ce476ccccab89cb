package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import java.util.Map;

/**
 * Forward differentiation: what flows holds the values of n examples and, as n further examples, how fast these change while
 * the weights move in one direction. In evaluation mode.
 */
final class MovingPass extends Pass {

    private final Map<String, NDArray> motion;
    private final NDManager scratch;

    /**
     * Begins.
     *
     * @param motion how fast each trained tensor moves
     */
    MovingPass(Map<String, NDArray> tensors, Map<String, NDArray> motion, NDManager scratch) {
        super(tensors, false);
        this.motion = motion;
        this.scratch = scratch;
    }

    /** Inputs, which don't move. */
    static NDArray begin(NDArray inputs) {
        return inputs.concat(inputs.zerosLike(), 0);
    }

    static NDArray values(NDArray both) {
        return both.split(2).get(0);
    }

    static NDArray changes(NDArray both) {
        return both.split(2).get(1);
    }

    @Override
    NDArray linear(String name, NDArray x) {
        var change = Linear.linear(changes(x), get(name + ".weight"), null)
                .singletonOrThrow()
                .add(Linear.linear(values(x), moving(name + ".weight"), moving(name + ".bias"))
                        .singletonOrThrow());
        return super.linear(name, values(x)).concat(change, 0);
    }

    @Override
    NDArray convolution(String name, NDArray x, int stride, int padding) {
        var strides = new Shape(stride, stride);
        var paddings = new Shape(padding, padding);
        var change = Conv2d.conv2d(changes(x), get(name + ".weight"), null, strides, paddings)
                .singletonOrThrow()
                .add(Conv2d.conv2d(values(x), moving(name + ".weight"), motion.get(name + ".bias"), strides, paddings)
                        .singletonOrThrow());
        return super.convolution(name, values(x), stride, padding).concat(change, 0);
    }

    @Override
    NDArray norm(String name, NDArray x) {
        var values = values(x);
        var sides = new Shape(1, values.getShape().get(1), 1, 1);
        var none = get(name + ".running_mean").zerosLike();
        var ownChange = normed(name, changes(x), none, scratch)
                .mul(get(name + ".weight").reshape(sides));
        var change = normed(name, values, scratch)
                .mul(moving(name + ".weight").reshape(sides))
                .add(moving(name + ".bias").reshape(sides))
                .add(ownChange);
        return super.norm(name, values).concat(change, 0);
    }

    @Override
    NDArray relu(NDArray x) {
        var values = values(x);
        return Activation.relu(values).concat(changes(x).mul(values.gt(0).toType(x.getDataType(), false)), 0);
    }

    @Override
    NDArray halve(NDArray x) {
        return Kernels.shared().call("halve_moving", scratch, new NDList(values(x), changes(x)));
    }

    @Override
    NDArray largest(NDArray x) {
        return Kernels.shared().call("largest_moving", scratch, new NDList(values(x), changes(x)));
    }

    private NDArray moving(String name) {
        var found = motion.get(name);
        if (found == null) {
            throw new IllegalStateException("tensor " + name + " has no motion");
        }
        return found;
    }
}
