package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.expunge.engine.DecoderTensors.Role;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/** Low-rank adapters of a decoder on the device. Its tensors have the names that PEFT gives them behind those of modules. */
final class Adapters implements AutoCloseable {

    static final String DOWN = ".lora_A.weight";
    static final String UP = ".lora_B.weight";

    /** Under what name passes find α/r. */
    static final String SCALE = "lora_scale";

    private static final String WEIGHT = ".weight";

    private final Decoder decoder;
    private final LowRank settings;
    private final Parameters parameters = new Parameters();
    private final NDArray scale;

    /**
     * Puts adapters on the device.
     *
     * @param initial row-major numbers of {@link #shapes}
     */
    Adapters(Decoder decoder, LowRank settings, Map<String, float[]> initial) {
        this.decoder = decoder;
        this.settings = settings;
        shapes(decoder, settings)
                .forEach((name, shape) -> parameters.add(name, Objects.requireNonNull(initial.get(name)), shape, true));
        this.scale = parameters.manager().create(settings.scale());
    }

    /** Names of the linear layers of the blocks. */
    private static List<String> modules(Decoder decoder) {
        return DecoderTensors.of(decoder).entrySet().stream()
                .filter(tensor -> tensor.getValue().role().isLinear())
                .map(tensor -> tensor.getKey().substring(0, tensor.getKey().length() - WEIGHT.length()))
                .toList();
    }

    /**
     * Modules that get adapters, in the order of the blocks.
     *
     * @throws ModelRefused naming a target that no module has, and those that there are
     */
    static List<String> targets(Decoder decoder, LowRank settings) {
        var modules = modules(decoder);
        if (settings.targetModules().equals(List.of(LowRank.ALL_LINEAR))) {
            return modules;
        }
        for (var target : settings.targetModules()) {
            if (modules.stream().noneMatch(module -> matches(module, target))) {
                throw new ModelRefused("lowRank.targetModules must name linear layers of the blocks, such as "
                        + String.join(", ", endings(decoder, modules)) + ", but one was " + target);
            }
        }
        return modules.stream()
                .filter(module -> settings.targetModules().stream().anyMatch(target -> matches(module, target)))
                .toList();
    }

    private static boolean matches(String module, String target) {
        return module.equals(target) || module.endsWith("." + target);
    }

    /** Names of modules within a block. */
    private static List<String> endings(Decoder decoder, List<String> modules) {
        var first = DecoderNames.of(decoder.family()).block(0, "");
        return modules.stream()
                .filter(module -> module.startsWith(first))
                .map(module -> module.substring(first.length()))
                .toList();
    }

    /** Shapes of all tensors by name: A is (rank, in) and B is (out, rank), however the layer itself is stored. */
    static Map<String, long[]> shapes(Decoder decoder, LowRank settings) {
        var tensors = DecoderTensors.of(decoder);
        Map<String, long[]> shapes = new LinkedHashMap<>();
        for (var module : targets(decoder, settings)) {
            var tensor = Objects.requireNonNull(tensors.get(module + WEIGHT));
            boolean transposed = tensor.role() == Role.TRANSPOSED_LINEAR;
            long in = tensor.shape()[transposed ? 0 : 1];
            long out = tensor.shape()[transposed ? 1 : 0];
            shapes.put(module + DOWN, new long[] {settings.rank(), in});
            shapes.put(module + UP, new long[] {out, settings.rank()});
        }
        return shapes;
    }

    /**
     * Starting values: A uniform within ±1/√in, which is He et al.'s initialisation for a leaky slope of √5, and B zero, so
     * that nothing changes at first.
     */
    static Map<String, float[]> initial(Decoder decoder, LowRank settings, long seed) {
        Map<String, float[]> initial = new LinkedHashMap<>();
        int index = 0;
        for (var entry : shapes(decoder, settings).entrySet()) {
            var shape = entry.getValue();
            var values = new float[Math.toIntExact(Math.multiplyExact(shape[0], shape[1]))];
            if (entry.getKey().endsWith(DOWN)) {
                var random = new SplittableRandom(Seeds.derive(seed, index));
                double bound = 1 / Math.sqrt((double) shape[1]);
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) random.nextDouble(-bound, bound);
                }
            }
            initial.put(entry.getKey(), values);
            index++;
        }
        return initial;
    }

    LowRank settings() {
        return settings;
    }

    Parameters parameters() {
        return parameters;
    }

    /** What passes need beside the weights; A and B through the handles that gradients flow through. */
    Map<String, NDArray> forTraining() {
        return withScale(parameters.forTraining());
    }

    /** The same without gradients. */
    Map<String, NDArray> fixed() {
        return withScale(new LinkedHashMap<>(parameters.fixed()));
    }

    private Map<String, NDArray> withScale(Map<String, NDArray> tensors) {
        tensors.put(SCALE, scale);
        return tensors;
    }

    /** Adds (α/r) B A to the weights of every layer that has an adapter. */
    void mergeInto(Parameters base) {
        for (var module : targets(decoder, settings)) {
            try (var scratch = parameters.manager().newSubManager()) {
                merge(scratch, module + WEIGHT, base.value(module + WEIGHT));
            }
        }
    }

    /** Adds to {@code weights}, which are those of tensor {@code name}, what the adapter says; nothing if it has none. */
    void merge(NDManager scratch, String name, NDArray weights) {
        if (!name.endsWith(WEIGHT)) {
            return;
        }
        var module = name.substring(0, name.length() - WEIGHT.length());
        var down = parameters.fixed().get(module + DOWN);
        var up = parameters.fixed().get(module + UP);
        if (down == null || up == null) {
            return;
        }
        var kernel = decoder.family() == Decoder.Family.GPT2 ? "merge_transposed" : "merge";
        Kernels.shared().call(kernel, scratch, new NDList(weights, down, up, scale));
    }

    @Override
    public void close() {
        parameters.close();
    }
}
