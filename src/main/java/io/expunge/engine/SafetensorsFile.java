package io.expunge.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A safetensors file whose header was checked. Its numbers stay on disk: they are read one tensor at a time and copied
 * in chunks, so a file may be larger than memory. No file stays open between calls.
 */
final class SafetensorsFile {

    private final Path file;
    private final SafetensorsHeader header;
    private final Map<String, SafetensorsHeader.Entry> byName = new LinkedHashMap<>();

    private SafetensorsFile(Path file, SafetensorsHeader header) {
        this.file = file;
        this.header = header;
        header.entries().forEach(entry -> byName.put(entry.name(), entry));
    }

    /** @throws ModelRefused naming the tensor or the place, and the reason */
    static SafetensorsFile open(Path file) {
        try (var channel = Disk.open(file)) {
            return new SafetensorsFile(file, SafetensorsHeader.read(channel));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Map<String, String> metadata() {
        return header.metadata();
    }

    /** By name, in the order of the header. */
    Map<String, SafetensorsHeader.Entry> tensors() {
        return byName;
    }

    /** @throws ModelRefused if the tensor is not of a floating-point type, too large for an array, or not finite */
    float[] read(SafetensorsHeader.Entry tensor) {
        if (tensor.elements() > Integer.MAX_VALUE - 8) {
            throw tooLarge(tensor);
        }
        var values = new float[(int) tensor.elements()];
        read(tensor, (from, numbers) -> System.arraycopy(numbers, 0, values, from, numbers.length));
        return values;
    }

    private static ModelRefused tooLarge(SafetensorsHeader.Entry tensor) {
        return new ModelRefused("tensor " + tensor.name() + " has more than 2³¹ numbers");
    }

    /**
     * Hands the numbers on, some at a time.
     *
     * @throws ModelRefused if the tensor is not of a floating-point type, too large for an array, or not finite
     */
    void read(SafetensorsHeader.Entry tensor, Safetensors.Sink sink) {
        var type = tensor.type();
        if (!type.isFloating()) {
            throw new ModelRefused("tensor " + tensor.name() + " is of type " + type + ", not of floating point");
        }
        if (tensor.elements() > Integer.MAX_VALUE - 8) {
            throw tooLarge(tensor);
        }
        try (var channel = Disk.open(file)) {
            long base = header.length();
            int next = 0;
            for (long at = tensor.begin(); at < tensor.end(); at += Disk.CHUNK) {
                var chunk = chunk(channel, base + at, tensor.end() - at);
                var numbers = new float[chunk.limit() / type.bytes()];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = type.get(chunk, i * type.bytes());
                    if (!Float.isFinite(numbers[i])) {
                        throw new ModelRefused(
                                "tensor " + tensor.name() + " holds a value that is not a finite number");
                    }
                }
                sink.take(next, numbers);
                next += numbers.length;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteBuffer chunk(FileChannel channel, long at, long left) throws IOException {
        return Disk.read(channel, at, (int) Math.min(Disk.CHUNK, left));
    }

    /**
     * Writes the file anew with the same header and, in the same places, the bytes of all numbers that did not change.
     *
     * @param target must not exist
     * @param changed row-major values by tensor name, asked for one tensor after the other; empty to keep the tensor
     * @return how many numbers changed once rounded to the type of their tensor
     */
    long copy(Path target, Function<String, Optional<float[]>> changed) throws IOException {
        long count = 0;
        try (var source = Disk.open(file);
                var out = FileChannel.open(target, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            long base = header.length();
            Disk.copy(source, 0, base, out);
            for (var tensor : header.byPlace()) {
                var values = changed.apply(tensor.name());
                if (values.isEmpty()) {
                    Disk.copy(source, base + tensor.begin(), base + tensor.end(), out);
                } else {
                    count += copy(source, out, tensor, values.get());
                }
            }
        }
        return count;
    }

    private long copy(FileChannel source, FileChannel target, SafetensorsHeader.Entry tensor, float[] values)
            throws IOException {
        if (!tensor.type().isFloating()) {
            throw new IllegalArgumentException(
                    "tensor " + tensor.name() + " is of type " + tensor.type() + " and stays");
        }
        if (values.length != tensor.elements()) {
            throw new IllegalArgumentException(
                    "tensor " + tensor.name() + " must get " + tensor.elements() + " values but got " + values.length);
        }
        long count = 0;
        for (long at = tensor.begin(); at < tensor.end(); at += Disk.CHUNK) {
            var chunk = chunk(source, header.length() + at, tensor.end() - at);
            int from = (int) ((at - tensor.begin()) / tensor.type().bytes());
            try {
                count += tensor.type().update(chunk, values, from);
            } catch (ModelRefused e) {
                throw new ModelRefused("tensor " + tensor.name() + " " + e.getMessage());
            }
            Disk.write(target, chunk);
        }
        return count;
    }
}
