package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.Map;

/**
 * Gradients of a sum of outputs, one for each example, in the weights of a layer; some units at a time, since all of them seldom
 * fit memory. They are made of what entered the layer and of what comes back to what left it.
 */
interface ExampleGradients {

    /** Of units from {@code from} to before {@code to}, examples × (units · numbers of one). */
    NDArray of(int from, int to);

    /**
     * Of one layer.
     *
     * @param x what entered it
     * @param back the gradient of what left it
     * @param tensors of the network, by name
     */
    static ExampleGradients of(
            Pass.Layer layer,
            boolean biased,
            NDArray x,
            NDArray back,
            Map<String, NDArray> tensors,
            NDManager scratch) {
        return switch (layer.kind()) {
            case LINEAR -> ofPlaces(back.expandDims(2), x.expandDims(1), biased, scratch);
            case CONVOLUTION -> ofConvolution(layer, biased, x, back, tensors, scratch);
            case NORM -> ofNorm(layer, x, back, tensors, scratch);
        };
    }

    /** A convolution is a linear layer on the patch around each place, and an example's gradient the sum over its places. */
    private static ExampleGradients ofConvolution(
            Pass.Layer layer,
            boolean biased,
            NDArray x,
            NDArray back,
            Map<String, NDArray> tensors,
            NDManager scratch) {
        var patches = patches(layer, x, tensors, scratch).transpose(0, 2, 1);
        var shape = back.getShape();
        return ofPlaces(back.reshape(shape.get(0), shape.get(1), -1), patches, biased, scratch);
    }

    /** What a convolution sees at each place, examples × numbers of a patch × places. */
    static NDArray patches(Pass.Layer layer, NDArray x, Map<String, NDArray> tensors, NDManager scratch) {
        var kernel = tensors.get(layer.name() + ".weight");
        if (kernel == null) {
            throw new IllegalStateException("no tensor " + layer.name() + ".weight");
        }
        return Kernels.shared()
                .call(
                        "patches",
                        scratch,
                        new NDList(
                                x,
                                scratch.create(kernel.getShape().get(2)),
                                scratch.create((long) layer.padding()),
                                scratch.create((long) layer.stride())));
    }

    /**
     * Of a linear layer that is applied at several places.
     *
     * @param back examples × units × places
     * @param in examples × places × numbers
     */
    private static ExampleGradients ofPlaces(NDArray back, NDArray in, boolean biased, NDManager scratch) {
        var shape = in.getShape();
        var all = biased ? in.concat(scratch.ones(new Shape(shape.get(0), shape.get(1), 1)), 2) : in;
        return (from, to) ->
                back.get(new NDIndex(":, {}:{}", from, to)).matMul(all).reshape(shape.get(0), -1);
    }

    /** In evaluation mode a normalisation is a factor and a summand for each channel. */
    private static ExampleGradients ofNorm(
            Pass.Layer layer, NDArray x, NDArray back, Map<String, NDArray> tensors, NDManager scratch) {
        var normed = new Pass(tensors, false).normed(layer.name(), x, scratch);
        long examples = x.getShape().get(0);
        long channels = x.getShape().get(1);
        var ofFactor = back.mul(normed).reshape(examples, channels, -1).sum(new int[] {2});
        var ofSummand = back.reshape(examples, channels, -1).sum(new int[] {2});
        var both = NDArrays.stack(new NDList(ofFactor, ofSummand), 2);
        return (from, to) -> both.get(new NDIndex(":, {}:{}", from, to)).reshape(examples, -1);
    }
}
