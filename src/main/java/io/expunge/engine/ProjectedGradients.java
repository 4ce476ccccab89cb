package io.expunge.engine;

import ai.djl.ndarray.NDArray;
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

    private interface Slope {
        /** What the output moves by with each logit, examples × classes. */
        NDArray at(NDArray logits, NDManager scratch);
    }

    private float[][] of(Map<String, float[]> weights, Examples examples, Slope slope) {
        examples.checkFit(mlp);
        return Lane.hold(() -> {
            try (var scratch = Torch.manager()) {
                return rows(project(weights, examples, slope, scratch));
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

    private float[][] rows(NDArray projected) {
        var all = projected.toFloatArray();
        var rows = new float[all.length / dimensions][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(all, i * dimensions, (i + 1) * dimensions);
        }
        return rows;
    }
}
