package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Gradients of a classifier's output in its weights, one for each example, projected at random on few dimensions; in evaluation
 * mode, so that no example changes another's. Neither the gradients nor the projection are ever whole in memory: one way back
 * gives what comes back to every layer for a batch of examples, and of that and of what entered the layer the gradients are
 * made and multiplied a few units at a time.
 *
 * <p>The projection has entries ±1/√k, which keeps inner products in the mean. Its rows follow {@link GradientLayer}.
 */
public final class ProjectedGradients {

    /** Numbers of a block of gradients. */
    private static final long BLOCK = 8_000_000;
    /** Numbers of a block of the projection. */
    private static final long SIGNS = 2_000_000;
    /** Numbers that flow through a batch. */
    private static final long FLOW = 128_000_000;

    private static final int MOST_AT_ONCE = 4096;

    private final NetworkArchitecture architecture;
    private final Layers layers;
    private final Map<String, GradientLayer> places;
    private final RandomSigns signs;
    private final Runnable pause;

    /** Whether gradients of such networks can be projected: of linear layers, convolutions and normalisations by batch. */
    public static boolean takes(NetworkArchitecture architecture) {
        return !(architecture instanceof VisionTransformer);
    }

    /** As below, without a pause. */
    public ProjectedGradients(NetworkArchitecture architecture, int dimensions, long seed) {
        this(architecture, dimensions, seed, () -> {});
    }

    /**
     * Sets up a projection.
     *
     * @param dimensions k
     * @param seed of the projection
     * @param pause called now and then; what it throws ends the work
     */
    public ProjectedGradients(NetworkArchitecture architecture, int dimensions, long seed, Runnable pause) {
        if (dimensions < 1) {
            throw new IllegalArgumentException("dimensions must be at least 1 but was " + dimensions);
        }
        if (!takes(architecture)) {
            throw new IllegalArgumentException("gradients of a " + architecture.name() + " cannot be projected");
        }
        this.architecture = architecture;
        this.layers = Layers.of(architecture);
        this.places = GradientLayer.of(architecture);
        this.signs = new RandomSigns(seed, dimensions);
        this.pause = pause;
    }

    /**
     * Of the margin z_y − log Σ_{j≠y} exp(z_j) of each example's own label.
     *
     * @param weights as {@link Network} has them
     * @return examples × k
     */
    public float[][] ofMargins(Map<String, float[]> weights, Examples examples) {
        return of(weights, examples, (logits, batch, scratch) -> {
            var own = oneHot(batch.labelsOn(scratch));
            // the label's logit takes no part in the sum
            return own.sub(logits.sub(own.mul(1e9f)).softmax(1));
        });
    }

    /**
     * Of one logit.
     *
     * @param weights as {@link Network} has them
     * @return examples × k
     */
    public float[][] ofLogits(Map<String, float[]> weights, Examples examples, int logit) {
        Objects.checkIndex(logit, architecture.classes());
        return of(
                weights,
                examples,
                (logits, batch, scratch) -> oneHot(scratch.full(new Shape(batch.size()), logit, DataType.INT64)));
    }

    private NDArray oneHot(NDArray labels) {
        return labels.oneHot(architecture.classes()).toType(DataType.FLOAT32, false);
    }

    /**
     * How all logits move along a direction of the projected space: for each logit the product of its gradient, projected, with
     * the direction, but at the price of three passes forward.
     *
     * @param weights as {@link Network} has them
     * @param direction k numbers
     * @return examples × classes
     */
    public float[][] along(Map<String, float[]> weights, Examples examples, float[] direction) {
        if (direction.length != signs.columns()) {
            throw new IllegalArgumentException(
                    "a direction of " + direction.length + " numbers is not one of " + signs.columns() + " dimensions");
        }
        return Lane.hold(() -> {
            try (var space = Torch.manager()) {
                var motion = motion(direction, space);
                return inBatches(weights, examples, (tensors, batch, scratch) -> {
                    var pass = new MovingPass(tensors, lent(motion, scratch), scratch);
                    var moving = MovingPass.begin(inputs(batch, scratch));
                    return MovingPass.changes(pass.linear(layers.head(), layers.features(pass, moving)));
                });
            }
        });
    }

    /** A direction of the projected space in all trained tensors. */
    private Map<String, NDArray> motion(float[] direction, NDManager scratch) {
        var motion = new LinkedHashMap<String, NDArray>();
        places.forEach((name, layer) -> {
            var rows = unprojected(direction, layer, scratch);
            int own = layer.width() - (layer.biased() ? 1 : 0);
            motion.put(name + ".weight", rows.get(new NDIndex(":, :{}", own)).reshape(new Shape(layer.shape())));
            if (layer.biased()) {
                motion.put(name + ".bias", rows.get(new NDIndex(":, {}", own)));
            }
        });
        return motion;
    }

    /** A direction of the projected space in the weights of a layer, units × width. */
    private NDArray unprojected(float[] direction, GradientLayer layer, NDManager scratch) {
        var rows = new ArrayList<NDArray>();
        var vector = scratch.create(direction, new Shape(direction.length, 1));
        long most = Math.max(1, SIGNS / direction.length);
        for (long from = 0; from < layer.size(); from += most) {
            pause.run();
            long count = Math.min(layer.size() - from, most);
            try (var inner = scratch.newSubManager()) {
                var part = signs.rows(layer.first() + from, count, inner).matMul(vector);
                part.attach(scratch);
                rows.add(part);
            }
        }
        return NDArrays.concat(new NDList(rows.toArray(NDArray[]::new)), 0)
                .reshape(layer.units(), layer.width())
                .div(Math.sqrt(direction.length));
    }

    private interface Slope {
        /** What the output moves by with each logit, examples × classes. */
        NDArray at(NDArray logits, Examples batch, NDManager scratch);
    }

    private record Seen(Pass.Layer layer, NDArray x, NDArray leaf) {}

    private float[][] of(Map<String, float[]> weights, Examples examples, Slope slope) {
        return inBatches(weights, examples, (tensors, batch, scratch) -> project(tensors, batch, slope, scratch));
    }

    private NDArray project(Map<String, NDArray> tensors, Examples batch, Slope slope, NDManager scratch) {
        var seen = new ArrayList<Seen>();
        try (var collector = Torch.engine().newGradientCollector()) {
            // a leaf of zeros is added to what leaves each layer: its gradient is what comes back
            var pass = new Pass(tensors, false, (layer, x, y) -> {
                var leaf = scratch.zeros(y.getShape());
                leaf.setRequiresGradient(true);
                seen.add(new Seen(layer, fixed(x, scratch), leaf));
                return y.add(leaf);
            });
            var logits = pass.linear(layers.head(), layers.features(pass, inputs(batch, scratch)));
            collector.backward(
                    logits.mul(slope.at(fixed(logits, scratch), batch, scratch)).sum());
        }
        var projected = scratch.zeros(new Shape(batch.size(), signs.columns()));
        for (var one : seen) {
            var back = one.leaf.getGradient();
            back.attach(scratch);
            add(projected, one, back, tensors);
        }
        return projected.div(Math.sqrt(signs.columns()));
    }

    private static NDArray fixed(NDArray array, NDManager scratch) {
        var fixed = array.stopGradient();
        fixed.attach(scratch);
        return fixed;
    }

    /** Adds a layer's part. */
    private void add(NDArray projected, Seen seen, NDArray back, Map<String, NDArray> tensors) {
        var layer = places(seen.layer);
        long examples = projected.getShape().get(0);
        try (var space = projected.getManager().newSubManager()) {
            List.of(seen.x, back, projected).forEach(array -> array.tempAttach(space));
            var gradients = ExampleGradients.of(seen.layer, layer.biased(), seen.x, back, lent(tensors, space), space);
            long numbers = Math.min(BLOCK / examples, SIGNS / signs.columns());
            int most = Math.clamp(numbers / layer.width(), 1, layer.units());
            for (int from = 0; from < layer.units(); from += most) {
                pause.run();
                int to = Math.min(layer.units(), from + most);
                try (var inner = space.newSubManager()) {
                    var some = gradients.of(from, to);
                    some.attach(inner);
                    long first = layer.first() + (long) from * layer.width();
                    projected.addi(some.matMul(signs.rows(first, (long) (to - from) * layer.width(), inner)));
                }
            }
        }
    }

    private interface Flow {
        /** A row for each example of a batch. */
        NDArray of(Map<String, NDArray> tensors, Examples batch, NDManager scratch);
    }

    private float[][] inBatches(Map<String, float[]> weights, Examples examples, Flow flow) {
        examples.checkFit(architecture);
        return Lane.hold(() -> {
            var rows = new ArrayList<float[]>();
            try (var space = Torch.manager()) {
                var tensors = tensors(weights, space);
                int most = atOnce(tensors, examples, space);
                for (int from = 0; from < examples.size(); from += most) {
                    pause.run();
                    var batch = examples.subset(IntStream.range(from, Math.min(from + most, examples.size()))
                            .toArray());
                    try (var scratch = space.newSubManager()) {
                        var all =
                                flow.of(lent(tensors, scratch), batch, scratch).toFloatArray();
                        int width = all.length / batch.size();
                        for (int i = 0; i < batch.size(); i++) {
                            rows.add(Arrays.copyOfRange(all, i * width, (i + 1) * width));
                        }
                    }
                }
            }
            return rows.toArray(float[][]::new);
        });
    }

    private Map<String, NDArray> tensors(Map<String, float[]> weights, NDManager space) {
        var tensors = new LinkedHashMap<String, NDArray>();
        Declarations.of(layers)
                .tensors()
                .forEach((name, tensor) -> tensors.put(
                        name,
                        space.create(Objects.requireNonNull(weights.get(name), name), new Shape(tensor.shape()))));
        return tensors;
    }

    /** Handles that live as long as {@code scratch}, where results made of them go, too. */
    private static Map<String, NDArray> lent(Map<String, NDArray> tensors, NDManager scratch) {
        var handles = new LinkedHashMap<>(tensors);
        handles.replaceAll((name, tensor) -> fixed(tensor, scratch));
        return handles;
    }

    /** How many examples memory bears, by what flows through the layers for one. */
    private int atOnce(Map<String, NDArray> tensors, Examples examples, NDManager space) {
        if (examples.size() == 0) {
            return 1;
        }
        long[] numbers = {0};
        long[] patches = {0};
        try (var scratch = space.newSubManager()) {
            var pass = new Pass(lent(tensors, scratch), false, (layer, x, y) -> {
                // what leaves the layer, what comes back and what is made of it in between
                numbers[0] += 3 * y.size();
                if (layer.kind() == Pass.Kind.CONVOLUTION) {
                    patches[0] = Math.max(
                            patches[0],
                            2 * y.size() / y.getShape().get(1) * places(layer).width());
                }
                return y;
            });
            layers.features(pass, inputs(examples.subset(new int[] {0}), scratch));
        }
        return Math.clamp(FLOW / Math.max(1, numbers[0] + patches[0]), 1, MOST_AT_ONCE);
    }

    private GradientLayer places(Pass.Layer layer) {
        return Objects.requireNonNull(places.get(layer.name()), layer.name());
    }

    private static NDArray inputs(Examples examples, NDManager scratch) {
        var rows = new long[examples.size()];
        Arrays.setAll(rows, i -> i);
        return Kernels.shared()
                .call(
                        examples.areBytes() ? "pixels" : "rows",
                        scratch,
                        new NDList(examples.inputsOn(scratch), scratch.create(rows)));
    }
}
