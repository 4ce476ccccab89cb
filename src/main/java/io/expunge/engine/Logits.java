package io.expunge.engine;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one classifier says of the examples that it may have learned from and of others, as it is kept in a safetensors file.
 *
 * @param train logits, examples × classes
 * @param test logits, examples × classes; may be empty
 */
public record Logits(float[][] train, float[][] test) {

    private static final String TRAIN = "train";
    private static final String TEST = "test";

    /**
     * Writes all or nothing, as fp32, flushed to the disk; the same logits give the same bytes.
     *
     * @throws Diverged if one is not a finite number; nothing is written
     * @throws java.io.UncheckedIOException if the disk refuses
     */
    public void write(Path target) {
        Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        tensors.put(TRAIN, tensor(train));
        if (test.length > 0) {
            tensors.put(TEST, tensor(test));
        }
        Safetensors.write(target, tensors, Map.of());
    }

    /**
     * Reads what was written.
     *
     * @throws ModelRefused if the file is not one that {@link #write} has written
     */
    public static Logits read(Path file) {
        var tensors = Safetensors.read(file).tensors();
        var train = tensors.get(TRAIN);
        if (train == null) {
            throw new ModelRefused("tensor " + TRAIN + " is missing");
        }
        var test = tensors.get(TEST);
        return new Logits(rows(TRAIN, train), test == null ? new float[0][] : rows(TEST, test));
    }

    private static Safetensors.Tensor tensor(float[][] rows) {
        int width = rows.length == 0 ? 0 : rows[0].length;
        var all = new float[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < width; j++) {
                if (!Float.isFinite(rows[i][j])) {
                    throw new Diverged("an output is no longer a finite number");
                }
                all[i * width + j] = rows[i][j];
            }
        }
        return new Safetensors.Tensor(new long[] {rows.length, width}, all);
    }

    private static float[][] rows(String name, Safetensors.Tensor tensor) {
        if (tensor.shape().length != 2) {
            throw new ModelRefused("tensor " + name + " must have two sides");
        }
        int count = Math.toIntExact(tensor.shape()[0]);
        int width = Math.toIntExact(tensor.shape()[1]);
        var rows = new float[count][];
        for (int i = 0; i < count; i++) {
            rows[i] = java.util.Arrays.copyOfRange(tensor.values(), i * width, (i + 1) * width);
        }
        return rows;
    }
}
