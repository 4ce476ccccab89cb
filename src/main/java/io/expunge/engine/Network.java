package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;

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
        Map<String, long[]> shapes = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        requireFit(architecture, shapes);
        Map<String, float[]> weights = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> weights.put(name, tensor.values()));
        return weights;
    }

    /** @throws ModelRefused if a tensor is missing, unknown or of another shape; it is named */
    static void requireFit(NetworkArchitecture architecture, Map<String, long[]> shapes) {
        var declared = Declarations.of(Layers.of(architecture)).tensors();
        for (var name : shapes.keySet()) {
            if (!declared.containsKey(name)) {
                throw new ModelRefused("tensor " + name + " is not part of " + architecture.name());
            }
        }
        declared.forEach((name, expected) -> {
            var shape = shapes.get(name);
            if (shape == null) {
                throw new ModelRefused("tensor " + name + " is missing");
            }
            if (!Arrays.equals(shape, expected.shape())) {
                throw new ModelRefused("tensor " + name + " must have the shape " + Arrays.toString(expected.shape())
                        + " but has " + Arrays.toString(shape));
            }
        });
    }

    /** @param weights of every tensor that {@link #requireFit} asks for */
    static Network of(NetworkArchitecture architecture, Map<String, float[]> weights) {
        return new Network(architecture, weights);
    }

    /** Another network with the same weights. */
    public Network copy() {
        return new Network(architecture, weights());
    }

    /** Writes a safetensors file; the same weights give the same bytes. */
    public void save(Path safetensors) {
        // readers of the format of Hugging Face ask for this entry
        var about = architecture instanceof VisionTransformer ? Map.of("format", "pt") : Map.<String, String>of();
        Safetensors.write(safetensors, parameters.tensors(""), about);
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
                var inputs = inputs(space, part);
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

    private static NDArray inputs(NDManager space, Examples part) {
        var inputs = part.inputsOn(space);
        if (!part.areBytes()) {
            return inputs;
        }
        var all = space.create(LongStream.range(0, part.size()).toArray());
        return Kernels.shared().call("pixels", space, new NDList(inputs, all));
    }

    /**
     * Outputs in evaluation mode, shape (n, classes), with gradients in what {@code tap} adds to them and in no weight.
     *
     * @param space owns every array
     */
    NDArray tapped(NDManager space, Examples examples, Tap tap) {
        var pass = new Pass(parameters.forEvaluation(space), false, Pass.linearTo(tap));
        return pass.linear(layers.head(), layers.features(pass, inputs(space, examples)));
    }

    /** Names of the linear layers that curvature can be taken of; empty for all but vision transformers. */
    public List<String> curvatureLayers() {
        return List.copyOf(layers.tokenLayers().keySet());
    }

    /**
     * Takes from the matrix of a linear layer all but the given pairs of directions; see {@link LanguageModel#keep}.
     *
     * @param masks which pairs stay: those in any of them; at least one
     * @throws ModelRefused if there is no such layer
     */
    public void keep(EigenBasis basis, List<PairMask> masks) {
        LinearEdit.keep(parameters, layer(basis.layer()), basis, masks);
    }

    /**
     * Replaces the matrix of a linear layer by the nearest one of a lower rank.
     *
     * @param share of the singular values that stay, the largest, rounded up; in (0, 1]
     * @throws ModelRefused if there is no such layer
     */
    public void truncate(String name, double share) {
        LinearEdit.truncate(parameters, layer(name), share);
    }

    private LinearLayer layer(String name) {
        return LinearLayer.named(layers.tokenLayers(), List.of(name)).getFirst();
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
