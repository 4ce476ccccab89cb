package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Small perceptrons trained side by side, each on a part of the same data, as one batched computation: a step is a few large
 * matrix products in place of many small ones. Each member is what {@link Trainer} makes of its part and seed, but for the
 * order of additions.
 */
public final class Ensemble implements AutoCloseable {

    private static final int EVALUATION_BATCH = 512;

    private final Mlp mlp;
    private final int members;
    private final Parameters parameters = new Parameters();

    private Ensemble(Mlp mlp, long[] seeds) {
        this.mlp = mlp;
        this.members = seeds.length;
        var initial = Arrays.stream(seeds)
                .mapToObj(seed -> Network.initial(mlp, seed))
                .toList();
        Declarations.of(Layers.of(mlp)).tensors().forEach((name, tensor) -> {
            var numbers = initial.stream().map(weights -> weights.get(name)).toList();
            if (tensor.isMatrix()) {
                int out = Math.toIntExact(tensor.shape()[0]);
                int in = Math.toIntExact(tensor.shape()[1]);
                parameters.add(name, transposed(numbers, out, in), new long[] {members, in, out}, true);
            } else {
                int out = Math.toIntExact(tensor.shape()[0]);
                parameters.add(name, joined(numbers), new long[] {members, 1, out}, true);
            }
        });
    }

    /**
     * Trains.
     *
     * @param parts rows of {@code examples} for each member, all of one length
     * @param seeds of the members
     * @throws IllegalArgumentException if the parts are of several lengths, or not as many as the seeds
     * @throws Stopped if the monitor asks for it
     */
    public static Ensemble train(
            Mlp mlp, Recipe recipe, Examples examples, int[][] parts, long[] seeds, Monitor monitor) {
        if (parts.length == 0 || parts.length != seeds.length) {
            throw new IllegalArgumentException(
                    "there must be a seed for each part, but there are " + parts.length + " and " + seeds.length);
        }
        if (Arrays.stream(parts).anyMatch(part -> part.length != parts[0].length)) {
            throw new IllegalArgumentException("parts that are trained side by side must be of one length");
        }
        if (recipe.augment()) {
            throw new IllegalArgumentException("rows of a table are not augmented");
        }
        if (recipe.optimiser() != Optimiser.SGD) {
            throw new IllegalArgumentException("networks side by side are trained by SGD alone");
        }
        examples.checkFit(mlp);
        var ensemble = new Ensemble(mlp, seeds);
        try {
            new Session(monitor)
                    .descend(ensemble.parameters, () -> ensemble.new Training(recipe, examples, parts, seeds));
            return ensemble;
        } catch (RuntimeException e) {
            ensemble.close();
            throw e;
        }
    }

    public int members() {
        return members;
    }

    /** The weights of one member, as {@link Network} has them. */
    public Map<String, float[]> weights(int member) {
        Map<String, float[]> own = new LinkedHashMap<>();
        var all = parameters.copies();
        Declarations.of(Layers.of(mlp)).tensors().forEach((name, tensor) -> {
            int size = tensor.size();
            var numbers = Arrays.copyOfRange(
                    java.util.Objects.requireNonNull(all.get(name)), member * size, (member + 1) * size);
            if (tensor.isMatrix()) {
                int out = Math.toIntExact(tensor.shape()[0]);
                int in = Math.toIntExact(tensor.shape()[1]);
                numbers = transposed(List.of(numbers), in, out);
            }
            own.put(name, numbers);
        });
        return own;
    }

    /**
     * What the members say.
     *
     * @return logits, members × examples × classes
     */
    public float[][][] logits(Examples examples) {
        examples.checkFit(mlp);
        return Lane.hold(() -> {
            int size = examples.size();
            var all = new float[members][size][];
            try (var space = parameters.manager().newSubManager()) {
                var inputs = examples.inputsOn(space);
                var tensors = parameters.forEvaluation(space);
                for (int from = 0; from < size; from += EVALUATION_BATCH) {
                    int to = Math.min(size, from + EVALUATION_BATCH);
                    try (var scratch = space.newSubManager()) {
                        var rows = new long[to - from];
                        Arrays.setAll(rows, i -> i);
                        for (int i = 0; i < rows.length; i++) {
                            rows[i] += from;
                        }
                        var x = Kernels.shared()
                                .call(
                                        examples.areBytes() ? "pixels" : "rows",
                                        scratch,
                                        new NDList(inputs, scratch.create(rows)));
                        var shared = x.expandDims(0).broadcast(new Shape(members, rows.length, mlp.inputs()));
                        var out = forward(tensors, shared).toFloatArray();
                        for (int m = 0; m < members; m++) {
                            for (int i = 0; i < rows.length; i++) {
                                int at = (m * rows.length + i) * mlp.classes();
                                all[m][from + i] = Arrays.copyOfRange(out, at, at + mlp.classes());
                            }
                        }
                    }
                }
            }
            return all;
        });
    }

    /** Logits of shape (members, n, classes) for inputs of shape (members, n, features). */
    private NDArray forward(Map<String, NDArray> tensors, NDArray inputs) {
        var x = inputs;
        int depth = mlp.hidden().size() + 1;
        for (int i = 1; i <= depth; i++) {
            x = x.batchMatMul(tensors.get("fc" + i + ".weight")).add(tensors.get("fc" + i + ".bias"));
            if (i < depth) {
                x = ai.djl.nn.Activation.relu(x);
            }
        }
        return x;
    }

    /** Matrices of shape (rows, columns) one behind the other, each turned over. */
    private static float[] transposed(List<float[]> matrices, int rows, int columns) {
        var all = new float[matrices.size() * rows * columns];
        for (int m = 0; m < matrices.size(); m++) {
            var matrix = matrices.get(m);
            for (int r = 0; r < rows; r++) {
                for (int c = 0; c < columns; c++) {
                    all[(m * columns + c) * rows + r] = matrix[r * columns + c];
                }
            }
        }
        return all;
    }

    private static float[] joined(List<float[]> vectors) {
        int size = vectors.getFirst().length;
        var all = new float[vectors.size() * size];
        for (int m = 0; m < vectors.size(); m++) {
            System.arraycopy(vectors.get(m), 0, all, m * size, size);
        }
        return all;
    }

    @Override
    public void close() {
        parameters.close();
    }

    /** All members a step at a time. */
    private final class Training implements Stretch {

        private final Recipe recipe;
        private final int[][] parts;
        private final long[] seeds;
        private final NDManager manager = parameters.manager().newSubManager();
        private final NDArray inputs;
        private final NDArray labels;
        private final boolean scaled;
        private final int size;
        private final Sgd optimiser;
        private final long[][] orders;
        private long shuffledEpoch = -1;

        Training(Recipe recipe, Examples examples, int[][] parts, long[] seeds) {
            this.recipe = recipe;
            this.parts = parts;
            // the seed of Trainer's only source
            this.seeds = Arrays.stream(seeds)
                    .map(seed -> Seeds.derive(Seeds.derive(seed, -1), 0))
                    .toArray();
            this.inputs = examples.inputsOn(manager);
            this.labels = examples.labelsOn(manager);
            this.scaled = examples.areBytes();
            this.size = parts[0].length;
            this.orders = new long[members][];
            this.optimiser =
                    new Sgd(parameters.manager(), parameters.trained(), recipe.momentum(), recipe.weightDecay());
        }

        @Override
        public String label() {
            return "training " + members + " side by side";
        }

        @Override
        public int epochs() {
            return recipe.epochs();
        }

        @Override
        public int stepsPerEpoch() {
            return Math.ceilDiv(size, recipe.batchSize());
        }

        @Override
        public int examples(long step) {
            return members * width(step);
        }

        private int from(long step) {
            return Math.toIntExact(step % stepsPerEpoch() * recipe.batchSize());
        }

        private int width(long step) {
            return Math.min(size, from(step) + recipe.batchSize()) - from(step);
        }

        private long[] rows(long step) {
            long epoch = step / stepsPerEpoch();
            if (epoch != shuffledEpoch) {
                for (int m = 0; m < members; m++) {
                    orders[m] = Batches.shuffled(size, Seeds.derive(seeds[m], epoch));
                }
                shuffledEpoch = epoch;
            }
            int from = from(step);
            int width = width(step);
            var rows = new long[members * width];
            for (int m = 0; m < members; m++) {
                for (int i = 0; i < width; i++) {
                    rows[m * width + i] = parts[m][Math.toIntExact(orders[m][from + i])];
                }
            }
            return rows;
        }

        @Override
        public NDArray loss(long step, int part) {
            var scratch = parameters.scratch();
            int width = width(step);
            var rows = scratch.create(rows(step));
            var kernels = Kernels.shared();
            var x = kernels.call(scaled ? "pixels" : "rows", scratch, new NDList(inputs, rows))
                    .reshape(members, width, mlp.inputs());
            var y = kernels.call("rows", scratch, new NDList(labels, rows)).reshape(members, width, 1);
            // a sum of the members' means, so that each has the gradient that it would have by itself
            return forward(parameters.forTraining(), x)
                    .logSoftmax(2)
                    .gather(y, 2)
                    .mean()
                    .neg()
                    .mul(members);
        }

        @Override
        public void move(NDManager scratch, Map<String, NDArray> gradients, long step, long total) {
            optimiser.step(
                    scratch,
                    parameters.trained(),
                    gradients,
                    Map.of(),
                    recipe.learningRate() * recipe.schedule().share(step, total),
                    0);
        }

        @Override
        public Map<String, NDArray> state() {
            Map<String, NDArray> state = new LinkedHashMap<>();
            optimiser.velocity().forEach((name, value) -> state.put("velocity:" + name, value));
            return state;
        }

        @Override
        public void close() {
            manager.close();
            state().values().forEach(NDArray::close);
        }
    }
}
