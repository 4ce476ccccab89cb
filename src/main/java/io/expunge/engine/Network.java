package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A model under edit: the tensors of an architecture, on the device. Not for several threads at once. */
public final class Network implements AutoCloseable {

    private static final int EVALUATION_BATCH = 512;

    private final NetworkArchitecture architecture;
    private final Layers layers;
    private final Map<String, Declarations.Tensor> declared;
    private final Parameters parameters = new Parameters();

    private Network(NetworkArchitecture architecture, Map<String, float[]> initial) {
        this.architecture = architecture;
        this.layers = Layers.of(architecture);
        this.declared = Declarations.of(layers).tensors();
        declared.forEach((name, tensor) ->
                parameters.add(name, Objects.requireNonNull(initial.get(name)), tensor.shape(), tensor.trained()));
    }

    /** Fresh weights; the same seed gives the same ones. */
    public static Network initialise(NetworkArchitecture architecture, long seed) {
        return new Network(architecture, initial(architecture, seed));
    }

    /** The weights that {@link #initialise} starts with. */
    public static Map<String, float[]> initial(NetworkArchitecture architecture, long seed) {
        return Declarations.of(Layers.of(architecture)).initial(seed);
    }

    /**
     * Reads a safetensors file.
     *
     * @throws ModelRefused if a tensor is missing, unknown, of another shape or type or not finite; it is named
     */
    public static Network load(NetworkArchitecture architecture, Path safetensors) {
        var contents = Safetensors.read(safetensors);
        return new Network(architecture, fit(architecture, contents.tensors()));
    }

    /** Weights of a file, checked against an architecture. */
    public static Map<String, float[]> read(NetworkArchitecture architecture, Path safetensors) {
        return fit(architecture, Safetensors.read(safetensors).tensors());
    }

    private static Map<String, float[]> fit(NetworkArchitecture architecture, Map<String, Safetensors.Tensor> tensors) {
        var declared = Declarations.of(Layers.of(architecture)).tensors();
        for (var name : tensors.keySet()) {
            if (!declared.containsKey(name)) {
                throw new ModelRefused("tensor " + name + " is not part of " + architecture.name());
            }
        }
        Map<String, float[]> weights = new LinkedHashMap<>();
        declared.forEach((name, expected) -> {
            var tensor = tensors.get(name);
            if (tensor == null) {
                throw new ModelRefused("tensor " + name + " is missing");
            }
            if (!Arrays.equals(tensor.shape(), expected.shape())) {
                throw new ModelRefused("tensor " + name + " must have the shape " + Arrays.toString(expected.shape())
                        + " but has " + Arrays.toString(tensor.shape()));
            }
            weights.put(name, tensor.values());
        });
        return weights;
    }

    /** Another network with the same weights. */
    public Network copy() {
        return new Network(architecture, weights());
    }

    /** Writes a safetensors file; the same weights give the same bytes. */
    public void save(Path safetensors) {
        Safetensors.write(safetensors, parameters.tensors(""), Map.of());
    }

    public NetworkArchitecture architecture() {
        return architecture;
    }

    /** Copies of all tensors by name, row-major. */
    public Map<String, float[]> weights() {
        return parameters.copies();
    }

    /** Overwrites all tensors. */
    public void restore(Map<String, float[]> weights) {
        parameters.restore(weights);
    }

    /** Names of the matrices of convolutions and linear layers, the only tensors that magnitude pruning takes from. */
    public List<String> matrices() {
        return declared.entrySet().stream()
                .filter(entry -> entry.getValue().isMatrix())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Outputs in evaluation mode, one row of {@code classes} numbers for each example. */
    public float[][] logits(Examples examples) {
        return evaluate(examples, true);
    }

    /** Penultimate activations in evaluation mode, one row for each example. */
    public float[][] features(Examples examples) {
        return evaluate(examples, false);
    }

    private float[][] evaluate(Examples examples, boolean toLogits) {
        examples.checkFit(architecture);
        var rows = new ArrayList<float[]>(examples.size());
        for (int from = 0; from < examples.size(); from += EVALUATION_BATCH) {
            int start = from;
            var part = examples.subset(
                    java.util.stream.IntStream.range(start, Math.min(start + EVALUATION_BATCH, examples.size()))
                            .toArray());
            try (var space = parameters.manager().newSubManager()) {
                var inputs = part.inputsOn(space);
                if (part.areBytes()) {
                    var all = space.create(
                            java.util.stream.LongStream.range(0, part.size()).toArray());
                    inputs = Kernels.shared().call("pixels", space, new NDList(inputs, all));
                }
                var pass = new Pass(parameters.forEvaluation(space), false);
                var result = layers.features(pass, inputs);
                if (toLogits) {
                    result = pass.linear(layers.head(), result);
                }
                var flat = result.toFloatArray();
                int width = flat.length / part.size();
                for (int row = 0; row < part.size(); row++) {
                    rows.add(Arrays.copyOfRange(flat, row * width, (row + 1) * width));
                }
            }
        }
        return rows.toArray(float[][]::new);
    }

    /** Outputs in training mode with gradients, shape (n, classes); valid until the end of the step. */
    public NDArray logits(Batch batch) {
        var pass = new Pass(parameters.forTraining(), true);
        return pass.linear(layers.head(), layers.features(pass, batch.inputs()));
    }

    /** Mean cross-entropy of the batch in training mode: −(1/n) Σ log p(label); a scalar with gradients. */
    public NDArray crossEntropy(Batch batch) {
        return logits(batch)
                .logSoftmax(1)
                .gather(batch.labels().expandDims(1), 1)
                .mean()
                .neg();
    }

    Parameters parameters() {
        return parameters;
    }

    @Override
    public void close() {
        parameters.close();
    }
}
