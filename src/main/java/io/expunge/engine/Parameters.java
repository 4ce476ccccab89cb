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
        add(name, manager.create(numbers, new Shape(shape)), trained);
    }

    /** Puts a tensor of zeros on the device, to be filled. */
    NDArray add(String name, long[] shape, boolean trained) {
        return add(name, manager.zeros(new Shape(shape)), trained);
    }

    private NDArray add(String name, NDArray value, boolean trained) {
        values.put(name, value);
        if (trained) {
            leaves.put(name, leaf(value));
        }
        return value;
    }

    private static NDArray leaf(NDArray value) {
        var leaf = value.stopGradient();
        leaf.setRequiresGradient(true);
        return leaf;
    }

    /** Other tensors with the same numbers. */
    Parameters copy(boolean trained) {
        var copy = new Parameters();
        values.forEach((name, value) -> {
            var twin = value.duplicate();
            twin.attach(copy.manager);
            copy.add(name, twin, trained);
        });
        return copy;
    }

    /** Gives the memory of gradients back; nothing may be left that was made of the tensors for training. */
    void forgetGradients() {
        leaves.replaceAll((name, leaf) -> {
            leaf.close();
            return leaf(value(name));
        });
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

    /**
     * Overwrites all tensors with those of a file.
     *
     * @throws ModelRefused naming the tensor if it is missing, of another size or type, or not finite
     */
    void restore(String prefix, SafetensorsFile file) {
        values.forEach((name, value) -> read(file, prefix + name, value));
    }

    /** Overwrites one array, as above. */
    static void read(SafetensorsFile file, String name, NDArray into) {
        var entry = file.tensors().get(name);
        if (entry == null) {
            throw new ModelRefused("tensor " + name + " is missing");
        }
        Safetensors.checkType(entry);
        if (entry.elements() != into.size()) {
            throw new ModelRefused(
                    "tensor " + name + " must have " + into.size() + " numbers but has " + entry.elements());
        }
        file.read(entry, (from, numbers) -> Kernels.assign(into, from, numbers));
    }

    /** Every tensor, the trained ones through the handles that gradients flow through. */
    Map<String, NDArray> forTraining() {
        Map<String, NDArray> all = new LinkedHashMap<>(values);
        all.putAll(leaves);
        return all;
    }

    /** Every tensor, without gradients. */
    Map<String, NDArray> fixed() {
        return values;
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

    /** All tensors under prefixed names, to be written. */
    Map<String, Safetensors.Numbers> tensors(String prefix) {
        Map<String, Safetensors.Numbers> all = new LinkedHashMap<>();
        values.forEach((name, value) -> all.put(prefix + name, new OnDevice(value)));
        return all;
    }

    /** Numbers that are fetched when they are asked for. */
    record OnDevice(NDArray array) implements Safetensors.Numbers {

        @Override
        public long[] shape() {
            return array.getShape().getShape();
        }

        @Override
        public float[] part(int from, int count) {
            return Kernels.part(array, from, count);
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
