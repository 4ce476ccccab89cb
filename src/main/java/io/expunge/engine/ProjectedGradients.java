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
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Gradients of a perceptron's output in its weights, one for each example, projected at random on few dimensions. Neither the
 * gradients nor the projection are ever whole in memory: a linear layer's gradient is the outer product of what comes in and
 * what comes back, so both are made and multiplied a few units at a time.
 *
 * <p>The projection has entries ±1/√k (Achlioptas 2003), which keeps inner products in the mean. Its rows follow the layers;
 * within a layer the units; within a unit its weights and then its bias.
 */
public final class ProjectedGradients {

    /** Numbers of a block of gradients. */
    private static final long BLOCK = 8_000_000;

    private final Mlp mlp;
    private final int dimensions;
    private final long seed;

    /**
     * Sets up a projection.
     *
     * @param dimensions k
     * @param seed of the projection
     */
    public ProjectedGradients(Mlp mlp, int dimensions, long seed) {
        if (dimensions < 1) {
            throw new IllegalArgumentException("dimensions must be at least 1 but was " + dimensions);
        }
        this.mlp = mlp;
        this.dimensions = dimensions;
        this.seed = seed;
    }

    /** The entry of the projection for weight {@code row} and dimension {@code column}, times √k: 1 or −1. */
    static int sign(long seed, long row, int column) {
        long word = Seeds.derive(Seeds.derive(seed, row), column / Long.SIZE);
        return (word >>> (column % Long.SIZE) & 1) == 0 ? 1 : -1;
    }

    /**
     * Of the margin z_y − log Σ_{j≠y} exp(z_j) of each example's own label.
     *
     * @param weights as {@link Network} has them
     * @return examples × k
     */
    public float[][] ofMargins(Map<String, float[]> weights, Examples examples) {
        return of(weights, examples, (logits, scratch) -> {
            var own = examples.labelsOn(scratch).oneHot(mlp.classes()).toType(DataType.FLOAT32, false);
            // the label's logit takes no part in the sum
            var others = logits.sub(own.mul(1e9f)).softmax(1);
            return own.sub(others);
        });
    }

    /**
     * Of one logit.
     *
     * @param weights as {@link Network} has them
     * @return examples × k
     */
    public float[][] ofLogits(Map<String, float[]> weights, Examples examples, int logit) {
        Objects.checkIndex(logit, mlp.classes());
        return of(
                weights,
                examples,
                (logits, scratch) -> scratch.full(new Shape(examples.size()), logit, DataType.INT64)
                        .oneHot(mlp.classes())
                        .toType(DataType.FLOAT32, false));
    }

    /**
     * How all logits move along a direction of the projected space: for each logit the product of its gradient, projected, with
     * the direction, but at the price of one pass forward.
     *
     * @param weights as {@link Network} has them
     * @param direction k numbers
     * @return examples × classes
     */
    public float[][] along(Map<String, float[]> weights, Examples examples, float[] direction) {
        if (direction.length != dimensions) {
            throw new IllegalArgumentException(
                    "a direction of " + direction.length + " numbers is not one of " + dimensions + " dimensions");
        }
        examples.checkFit(mlp);
        return Lane.hold(() -> {
            try (var scratch = Torch.manager()) {
                return rows(move(weights, examples, direction, scratch), mlp.classes());
            }
        });
    }

    /** Forward differentiation: a unit's output moves by what its weights move and by what comes in moves. */
    private NDArray move(Map<String, float[]> weights, Examples examples, float[] direction, NDManager scratch) {
        int depth = mlp.hidden().size() + 1;
        var ones = scratch.ones(new Shape(examples.size(), 1));
        var x = inputs(examples, scratch);
        var moved = x.zerosLike();
        long first = 0;
        for (int layer = 1; layer <= depth; layer++) {
            var bias = numbers(weights, "fc" + layer + ".bias");
            long width = x.getShape().get(1);
            var matrix = scratch.create(numbers(weights, "fc" + layer + ".weight"), new Shape(bias.length, width))
                    .transpose();
            var change = unprojected(direction, first, bias.length, width + 1, scratch);
            moved = moved.matMul(matrix).add(x.concat(ones, 1).matMul(change.transpose()));
            x = x.matMul(matrix).add(scratch.create(bias));
            first += bias.length * (width + 1);
            if (layer < depth) {
                moved = moved.mul(x.gt(0).toType(DataType.FLOAT32, false));
                x = ai.djl.nn.Activation.relu(x);
            }
        }
        return moved;
    }

    /** A direction of the projected space in the weights of a layer, units × width. */
    private NDArray unprojected(float[] direction, long first, int units, long width, NDManager scratch) {
        var rows = new ArrayList<NDArray>();
        var vector = scratch.create(direction, new Shape(dimensions, 1));
        long most = Math.max(1, BLOCK / (width * dimensions));
        for (long from = 0; from < units; from += most) {
            long count = (Math.min(units, from + most) - from) * width;
            try (var inner = scratch.newSubManager()) {
                var part = signs(first + from * width, count, inner).matMul(vector);
                part.attach(scratch);
                rows.add(part);
            }
        }
        return NDArrays.concat(new NDList(rows.toArray(NDArray[]::new)), 0)
                .reshape(units, width)
                .div(Math.sqrt(dimensions));
    }

    private interface Slope {
        /** What the output moves by with each logit, examples × classes. */
        NDArray at(NDArray logits, NDManager scratch);
    }

    private float[][] of(Map<String, float[]> weights, Examples examples, Slope slope) {
        examples.checkFit(mlp);
        return Lane.hold(() -> {
            try (var scratch = Torch.manager()) {
                return rows(project(weights, examples, slope, scratch), dimensions);
            }
        });
    }

    private NDArray project(Map<String, float[]> weights, Examples examples, Slope slope, NDManager scratch) {
        int depth = mlp.hidden().size() + 1;
        int size = examples.size();
        List<NDArray> incoming = new ArrayList<>();
        List<NDArray> matrices = new ArrayList<>();
        var x = inputs(examples, scratch);
        for (int layer = 1; layer <= depth; layer++) {
            incoming.add(x);
            var bias = numbers(weights, "fc" + layer + ".bias");
            var matrix = scratch.create(
                    numbers(weights, "fc" + layer + ".weight"),
                    new Shape(bias.length, x.getShape().get(1)));
            matrices.add(matrix);
            x = x.matMul(matrix.transpose()).add(scratch.create(bias));
            if (layer < depth) {
                x = ai.djl.nn.Activation.relu(x);
            }
        }
        var projected = scratch.zeros(new Shape(size, dimensions));
        var back = slope.at(x, scratch);
        long end = total();
        for (int layer = depth; layer >= 1; layer--) {
            var in = incoming.get(layer - 1);
            end -= back.getShape().get(1) * (in.getShape().get(1) + 1);
            add(projected, in.concat(scratch.ones(new Shape(size, 1)), 1), back, end);
            if (layer > 1) {
                back = back.matMul(matrices.get(layer - 1)).mul(in.gt(0).toType(DataType.FLOAT32, false));
            }
        }
        return projected.div(Math.sqrt(dimensions));
    }

    /** Adds a layer's part, whose weights begin at {@code first}. */
    private void add(NDArray projected, NDArray in, NDArray back, long first) {
        long width = in.getShape().get(1);
        long units = back.getShape().get(1);
        int size = Math.toIntExact(in.getShape().get(0));
        long most = Math.max(1, BLOCK / (size * width));
        for (long from = 0; from < units; from += most) {
            long to = Math.min(units, from + most);
            try (var inner = projected.getManager().newSubManager()) {
                in.tempAttach(inner);
                back.tempAttach(inner);
                projected.tempAttach(inner);
                var some = back.get(new NDIndex(":, {}:{}", from, to)).expandDims(2);
                var gradients = some.mul(in.expandDims(1)).reshape(size, (to - from) * width);
                projected.addi(gradients.matMul(signs(first + from * width, (to - from) * width, inner)));
            }
        }
    }

    private NDArray signs(long first, long count, NDManager scratch) {
        var signs = new float[Math.toIntExact(count * dimensions)];
        int at = 0;
        for (long row = first; row < first + count; row++) {
            long rowSeed = Seeds.derive(seed, row);
            for (int column = 0; column < dimensions; column += Long.SIZE) {
                long word = Seeds.derive(rowSeed, column / Long.SIZE);
                for (int bit = 0; bit < Math.min(Long.SIZE, dimensions - column); bit++) {
                    signs[at++] = (word >>> bit & 1) == 0 ? 1 : -1;
                }
            }
        }
        return scratch.create(signs, new Shape(count, dimensions));
    }

    private long total() {
        long total = 0;
        long in = mlp.inputs();
        for (int out : mlp.hidden()) {
            total += out * (in + 1);
            in = out;
        }
        return total + mlp.classes() * (in + 1);
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

    private static float[] numbers(Map<String, float[]> weights, String name) {
        return Objects.requireNonNull(weights.get(name), name);
    }

    private static float[][] rows(NDArray matrix, int width) {
        var all = matrix.toFloatArray();
        var rows = new float[all.length / width][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(all, i * width, (i + 1) * width);
        }
        return rows;
    }
}
