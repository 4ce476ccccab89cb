package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Objects;

/** Examples in memory, row-major; immutable. Pixels stay bytes and are scaled to 0…1 on the device. */
public final class Examples {

    private final float[] floats;
    private final byte[] bytes;
    private final int[] labels;
    private final long[] shape;

    private Examples(float[] floats, byte[] bytes, int[] labels, long[] shape) {
        this.floats = floats;
        this.bytes = bytes;
        this.labels = labels;
        this.shape = shape;
    }

    /**
     * Examples of numbers.
     *
     * @param features n × shape numbers
     * @param shape of one example
     * @throws IllegalArgumentException if the lengths disagree, or a feature is not a finite number
     */
    public static Examples ofFloats(float[] features, int[] labels, long... shape) {
        check(features.length, labels, shape);
        for (int i = 0; i < features.length; i++) {
            if (!Float.isFinite(features[i])) {
                throw new IllegalArgumentException("feature " + i % (features.length / labels.length) + " of example "
                        + i / (features.length / labels.length) + " is not a finite number");
            }
        }
        return new Examples(features.clone(), new byte[0], labels.clone(), shape.clone());
    }

    /**
     * Examples of pixels.
     *
     * @param pixels n × shape unsigned bytes
     * @param shape of one example: channels, height, width
     */
    public static Examples ofBytes(byte[] pixels, int[] labels, long... shape) {
        check(pixels.length, labels, shape);
        return new Examples(new float[0], pixels.clone(), labels.clone(), shape.clone());
    }

    public int size() {
        return labels.length;
    }

    public int[] labels() {
        return labels.clone();
    }

    /** Shape of one example. */
    public long[] shape() {
        return shape.clone();
    }

    /** The examples at {@code rows}, in that order. */
    public Examples subset(int[] rows) {
        int width = width();
        var someFloats = new float[areBytes() ? 0 : rows.length * width];
        var someBytes = new byte[areBytes() ? rows.length * width : 0];
        var someLabels = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            int row = Objects.checkIndex(rows[i], labels.length);
            someLabels[i] = labels[row];
            if (areBytes()) {
                System.arraycopy(bytes, row * width, someBytes, i * width, width);
            } else {
                System.arraycopy(floats, row * width, someFloats, i * width, width);
            }
        }
        return new Examples(someFloats, someBytes, someLabels, shape);
    }

    /** The same inputs under other labels. */
    public Examples relabelled(int[] others) {
        check(Math.max(floats.length, bytes.length), others, shape);
        return new Examples(floats, bytes, others.clone(), shape);
    }

    /** All parts one after another; parts of bytes and parts of floats don't mix. */
    public static Examples concat(Examples... parts) {
        if (parts.length == 0) {
            throw new IllegalArgumentException("nothing to concatenate");
        }
        var first = parts[0];
        int size = 0;
        for (var part : parts) {
            if (!Arrays.equals(part.shape, first.shape) || part.areBytes() != first.areBytes()) {
                throw new IllegalArgumentException("examples of different kinds cannot be concatenated");
            }
            size += part.size();
        }
        int width = first.width();
        var allFloats = new float[first.areBytes() ? 0 : size * width];
        var allBytes = new byte[first.areBytes() ? size * width : 0];
        var allLabels = new int[size];
        int at = 0;
        for (var part : parts) {
            System.arraycopy(part.floats, 0, allFloats, first.areBytes() ? 0 : at * width, part.floats.length);
            System.arraycopy(part.bytes, 0, allBytes, first.areBytes() ? at * width : 0, part.bytes.length);
            System.arraycopy(part.labels, 0, allLabels, at, part.size());
            at += part.size();
        }
        return new Examples(allFloats, allBytes, allLabels, first.shape);
    }

    /** Adds all inputs and labels to a digest. */
    public void digest(MessageDigest digest) {
        digest.update(bytes);
        var numbers = ByteBuffer.allocate(Integer.BYTES * Math.max(labels.length, width()));
        for (int from = 0; from < floats.length; from += width()) {
            numbers.clear();
            numbers.asFloatBuffer().put(floats, from, width());
            digest.update(numbers.array(), 0, Float.BYTES * width());
        }
        numbers.clear();
        numbers.asIntBuffer().put(labels);
        digest.update(numbers.array(), 0, Integer.BYTES * labels.length);
    }

    boolean areBytes() {
        return bytes.length > 0;
    }

    /** A copy on the device, shape (n, example shape…), uint8 or fp32. */
    NDArray inputsOn(NDManager manager) {
        var sides = new long[shape.length + 1];
        sides[0] = size();
        System.arraycopy(shape, 0, sides, 1, shape.length);
        var all = new Shape(sides);
        if (areBytes()) {
            var buffer = ByteBuffer.allocateDirect(bytes.length).put(bytes).rewind();
            return manager.create(buffer, all, DataType.UINT8);
        }
        return manager.create(floats, all);
    }

    /** A copy on the device, shape (n), int64. */
    NDArray labelsOn(NDManager manager) {
        return manager.create(Arrays.stream(labels).asLongStream().toArray());
    }

    /** Refuses examples that {@code architecture} cannot take. */
    void checkFit(NetworkArchitecture architecture) {
        if (!Arrays.equals(shape, architecture.inputShape())) {
            throw new IllegalArgumentException("examples of shape " + Arrays.toString(shape) + " do not fit "
                    + architecture.name() + ", which takes " + Arrays.toString(architecture.inputShape()));
        }
        for (int label : labels) {
            if (label >= architecture.classes()) {
                throw new IllegalArgumentException(
                        "label " + label + " is not among the " + architecture.classes() + " classes");
            }
        }
    }

    private int width() {
        return Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    }

    private static void check(int length, int[] labels, long[] shape) {
        if (shape.length == 0 || Arrays.stream(shape).anyMatch(side -> side < 1)) {
            throw new IllegalArgumentException("an example has the impossible shape " + Arrays.toString(shape));
        }
        long width = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        if (length != width * labels.length) {
            throw new IllegalArgumentException(
                    labels.length + " examples of " + width + " numbers each do not make " + length);
        }
        for (int label : labels) {
            if (label < 0) {
                throw new IllegalArgumentException("labels must be at least 0 but one is " + label);
            }
        }
    }
}
