package io.expunge.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Small safetensors files as a whole: what a network's own weights and checkpoints are kept in. */
final class Safetensors {

    private Safetensors() {}

    /** Numbers of one tensor, row-major, that need not be in memory all at once. */
    interface Numbers {

        long[] shape();

        /** The numbers from place {@code from} on. */
        float[] part(int from, int count);

        /** How many there are. */
        default int size() {
            return Math.toIntExact(Arrays.stream(shape()).reduce(1, Math::multiplyExact));
        }
    }

    /** What takes numbers one after another, at the place of the first of them. */
    @FunctionalInterface
    interface Sink {
        void take(int from, float[] numbers);
    }

    /** Numbers of one tensor, row-major. */
    record Tensor(long[] shape, float[] values) implements Numbers {
        @Override
        public float[] part(int from, int count) {
            return Arrays.copyOfRange(values, from, from + count);
        }
    }

    /** What a file holds. */
    record Contents(Map<String, Tensor> tensors, Map<String, String> metadata) {}

    /** @throws ModelRefused naming the tensor or the place, and the reason; any type but F32 is one */
    static Contents read(Path file) {
        var opened = SafetensorsFile.open(file);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (var entry : opened.tensors().values()) {
            checkType(entry);
            tensors.put(entry.name(), new Tensor(entry.shape(), opened.read(entry)));
        }
        return new Contents(tensors, opened.metadata());
    }

    /** Passes the one type that files of our own have. */
    static void checkType(SafetensorsHeader.Entry entry) {
        if (entry.type() != ElementType.F32) {
            throw new ModelRefused("tensor " + entry.name() + " must be of type F32 but is of type " + entry.type());
        }
    }

    /** Writes all or nothing, as F32; the same tensors and metadata give the same bytes. */
    static void write(Path target, Map<String, ? extends Numbers> tensors, Map<String, String> metadata) {
        write(target, tensors, metadata, ElementType.F32);
    }

    /** @throws ModelRefused if a value is not finite once rounded to a type other than F32 */
    static void write(
            Path target, Map<String, ? extends Numbers> tensors, Map<String, String> metadata, ElementType type) {
        var directory = Objects.requireNonNull(target.toAbsolutePath().getParent());
        try {
            var draft = Files.createTempFile(directory, ".weights", ".tmp");
            try {
                try (var channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                    write(channel, tensors, metadata, type);
                    channel.force(true);
                }
                Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(draft);
            }
            Disk.force(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(
            FileChannel channel, Map<String, ? extends Numbers> tensors, Map<String, String> metadata, ElementType type)
            throws IOException {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        var header = SafetensorsHeader.write(shapes, type, metadata);
        Disk.write(channel, buffer(Long.BYTES).putLong(header.length).flip());
        Disk.write(channel, ByteBuffer.wrap(header));
        int most = Disk.CHUNK / type.bytes();
        for (var tensor : tensors.entrySet()) {
            int size = tensor.getValue().size();
            for (int from = 0; from < size; from += most) {
                var values = tensor.getValue().part(from, Math.min(most, size - from));
                var chunk = buffer(values.length * type.bytes());
                for (int at = 0; at < chunk.limit(); at += type.bytes()) {
                    float value = values[at / type.bytes()];
                    type.put(chunk, at, value);
                    if (type != ElementType.F32 && !Float.isFinite(type.get(chunk, at))) {
                        throw new ModelRefused("tensor " + tensor.getKey() + " would hold " + value
                                + ", which is not finite as " + type);
                    }
                }
                Disk.write(channel, chunk);
            }
        }
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
