package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The tensors of a model under edit, by name, on the device: storage that the optimiser writes to and, for every trained
 * tensor, a second handle on the same storage through which gradients flow. Not for several threads at once.
 */
final class Parameters implements AutoCloseable {

    private final NDManager manager = Torch.manager();
    private final Map<String, NDArray> values = new LinkedHashMap<>();
    private final Map<String, NDArray> leaves = new LinkedHashMap<>();
    private NDManager scratch = manager;

    /**
     * Puts a tensor on the device.
     *
     * @param numbers row-major
     * @param trained whether an optimiser moves it
     */
    void add(String name, float[] numbers, long[] shape, boolean trained) {
        var value = manager.create(numbers, new Shape(shape));
        values.put(name, value);
        if (trained) {
            var leaf = value.stopGradient();
            leaf.setRequiresGradient(true);
            leaves.put(name, leaf);
        }
    }

    /** Storage of one tensor. */
    NDArray value(String name) {
        var value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("there is no tensor " + name);
        }
        return value;
    }

    /** Copies of all tensors by name, row-major. */
    Map<String, float[]> copies() {
        Map<String, float[]> copies = new LinkedHashMap<>();
        values.forEach((name, value) -> copies.put(name, value.toFloatArray()));
        return copies;
    }

    /** Overwrites all tensors. */
    void restore(Map<String, float[]> numbers) {
        values.forEach((name, value) -> {
            var wanted = numbers.get(name);
            if (wanted == null || wanted.length != value.size()) {
                throw new IllegalArgumentException("weights of " + name + " are missing or of another size");
            }
            Kernels.assign(value, wanted);
        });
    }

    /** Every tensor, the trained ones through the handles that gradients flow through. */
    Map<String, NDArray> forTraining() {
        Map<String, NDArray> all = new LinkedHashMap<>(values);
        all.putAll(leaves);
        return all;
    }

    /** Every tensor through handles without gradients that live as long as {@code space}. */
    Map<String, NDArray> forEvaluation(NDManager space) {
        Map<String, NDArray> all = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            var handle = value.stopGradient();
            handle.attach(space);
            all.put(name, handle);
        });
        return all;
    }

    NDManager manager() {
        return manager;
    }

    /** Where the arrays of the step under way live. */
    NDManager scratch() {
        return scratch;
    }

    /** Opens the space of one step, or of one part of it. */
    NDManager openStep() {
        scratch = manager.newSubManager();
        return scratch;
    }

    void closeStep() {
        scratch.close();
        scratch = manager;
    }

    /** Storage of the trained tensors, for the optimiser. */
    Map<String, NDArray> trained() {
        Map<String, NDArray> all = new LinkedHashMap<>(values);
        all.keySet().retainAll(leaves.keySet());
        return all;
    }

    Map<String, NDArray> leaves() {
        return leaves;
    }

    /** Copies of all tensors with their shapes, under prefixed names. */
    Map<String, Safetensors.Tensor> tensors(String prefix) {
        Map<String, Safetensors.Tensor> all = new LinkedHashMap<>();
        values.forEach((name, value) ->
                all.put(prefix + name, new Safetensors.Tensor(value.getShape().getShape(), value.toFloatArray())));
        return all;
    }

    @Override
    public void close() {
        manager.close();
    }
}
