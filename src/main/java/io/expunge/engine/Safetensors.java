package io.expunge.engine;

import com.google.gson.JsonParseException;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads and writes safetensors: 8 bytes of header length, little-endian, a JSON header, then the numbers. Nothing of a
 * file is believed before it is checked: length, offsets, overlaps, gaps, types, shapes and finite values.
 */
final class Safetensors {

    private static final int MAX_HEADER = 16 << 20;
    private static final String METADATA = "__metadata__";
    private static final String FP32 = "F32";

    private Safetensors() {}

    /** Numbers of one tensor, row-major. */
    record Tensor(long[] shape, float[] values) {}

    /** What a file holds. */
    record Contents(Map<String, Tensor> tensors, Map<String, String> metadata) {}

    private record Entry(String name, long[] shape, long begin, long end) {}

    /** @throws ModelRefused naming the tensor or the place, and the reason */
    static Contents read(Path file) {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < 8) {
                throw new ModelRefused("the file ends before its header");
            }
            var start = read(channel, 0, 8);
            long length = start.getLong();
            if (length < 2 || length > MAX_HEADER || length > size - 8) {
                throw new ModelRefused("the header claims an impossible length of " + length + " bytes");
            }
            var json = StandardCharsets.UTF_8
                    .decode(read(channel, 8, Math.toIntExact(length)))
                    .toString();
            Map<String, String> metadata = new LinkedHashMap<>();
            var entries = entries(json, metadata);
            checkLayout(entries, size - 8 - length);
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (var entry : entries) {
                tensors.put(entry.name(), tensor(channel, entry, 8 + length));
            }
            return new Contents(tensors, metadata);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Tensor tensor(FileChannel channel, Entry entry, long base) throws IOException {
        long bytes = entry.end() - entry.begin();
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new ModelRefused("tensor " + entry.name() + " is larger than 2 GiB");
        }
        var values = new float[(int) (bytes / Float.BYTES)];
        read(channel, base + entry.begin(), (int) bytes).asFloatBuffer().get(values);
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new ModelRefused("tensor " + entry.name() + " holds a value that is not a finite number");
            }
        }
        return new Tensor(entry.shape(), values);
    }

    private static ByteBuffer read(FileChannel channel, long at, int length) throws IOException {
        var buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                throw new ModelRefused("the file ends before its end");
            }
        }
        return buffer.flip();
    }

    private static List<Entry> entries(String json, Map<String, String> metadata) throws IOException {
        var entries = new ArrayList<Entry>();
        var names = new java.util.HashSet<String>();
        try (var reader = new JsonReader(new StringReader(json))) {
            reader.beginObject();
            while (reader.hasNext()) {
                var name = reader.nextName();
                if (!names.add(name)) {
                    throw new ModelRefused("tensor " + name + " stands twice in the header");
                }
                if (name.equals(METADATA)) {
                    reader.beginObject();
                    while (reader.hasNext()) {
                        metadata.put(reader.nextName(), reader.nextString());
                    }
                    reader.endObject();
                } else {
                    entries.add(entry(name, reader));
                }
            }
            reader.endObject();
            return entries;
        } catch (JsonParseException | IllegalStateException | NumberFormatException | IOException e) {
            throw new ModelRefused("the header is not the JSON of a safetensors file");
        }
    }

    private static Entry entry(String name, JsonReader reader) throws IOException {
        var type = "";
        List<Long> shape = List.of();
        List<Long> offsets = List.of();
        reader.beginObject();
        while (reader.hasNext()) {
            switch (reader.nextName()) {
                case "dtype" -> type = reader.nextString();
                case "shape" -> shape = numbers(reader);
                case "data_offsets" -> offsets = numbers(reader);
                default -> throw new ModelRefused("tensor " + name + " has an unknown header field");
            }
        }
        reader.endObject();
        if (!type.equals(FP32)) {
            throw new ModelRefused("tensor " + name + " must be of type F32 but is of type " + type);
        }
        if (offsets.size() != 2) {
            throw new ModelRefused("tensor " + name + " must have two data_offsets");
        }
        long count = 1;
        for (long side : shape) {
            if (side < 0 || (count != 0 && side > (1L << 40) / Math.max(count, 1))) {
                throw new ModelRefused("tensor " + name + " has an impossible shape");
            }
            count *= side;
        }
        long begin = offsets.get(0);
        long end = offsets.get(1);
        if (begin < 0 || end < begin || end - begin != count * Float.BYTES) {
            throw new ModelRefused("tensor " + name + " has offsets that don't fit its shape");
        }
        return new Entry(name, shape.stream().mapToLong(Long::longValue).toArray(), begin, end);
    }

    private static List<Long> numbers(JsonReader reader) throws IOException {
        var all = new ArrayList<Long>();
        reader.beginArray();
        while (reader.hasNext()) {
            if (reader.peek() != JsonToken.NUMBER || all.size() == 16) {
                throw new ModelRefused("the header holds a list that is not of a few whole numbers");
            }
            all.add(reader.nextLong());
        }
        reader.endArray();
        return all;
    }

    /** The tensors must fill the rest of the file, without a gap or an overlap. */
    private static void checkLayout(List<Entry> entries, long bytes) {
        var sorted = entries.stream()
                .sorted(java.util.Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end))
                .toList();
        long at = 0;
        for (var entry : sorted) {
            if (entry.begin() != at) {
                throw new ModelRefused("tensor " + entry.name()
                        + (entry.begin() < at ? " overlaps" : " leaves a gap after") + " the one before it");
            }
            at = entry.end();
        }
        if (at != bytes) {
            throw new ModelRefused("the tensors end at byte " + at + " but the file has " + bytes + " bytes of data");
        }
    }

    /** Writes all or nothing; the same tensors and metadata give the same bytes. */
    static void write(Path target, Map<String, Tensor> tensors, Map<String, String> metadata) {
        var directory = target.toAbsolutePath().getParent();
        try {
            var draft = Files.createTempFile(directory, ".weights", ".tmp");
            try {
                try (var channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                    var header = header(tensors, metadata);
                    write(
                            channel,
                            ByteBuffer.allocate(8)
                                    .order(ByteOrder.LITTLE_ENDIAN)
                                    .putLong(header.length)
                                    .flip());
                    write(channel, ByteBuffer.wrap(header));
                    for (var tensor : tensors.values()) {
                        var buffer = ByteBuffer.allocate(tensor.values().length * Float.BYTES)
                                .order(ByteOrder.LITTLE_ENDIAN);
                        buffer.asFloatBuffer().put(tensor.values());
                        write(channel, buffer);
                    }
                    channel.force(true);
                }
                Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(draft);
            }
            try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private static byte[] header(Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        var text = new StringWriter();
        try (var json = new JsonWriter(text)) {
            json.beginObject();
            if (!metadata.isEmpty()) {
                json.name(METADATA).beginObject();
                for (var entry : new TreeMap<>(metadata).entrySet()) {
                    json.name(entry.getKey()).value(entry.getValue());
                }
                json.endObject();
            }
            long at = 0;
            for (var entry : tensors.entrySet()) {
                long end = at + (long) entry.getValue().values().length * Float.BYTES;
                json.name(entry.getKey()).beginObject().name("dtype").value(FP32);
                json.name("shape").beginArray();
                for (long side : entry.getValue().shape()) {
                    json.value(side);
                }
                json.endArray();
                json.name("data_offsets").beginArray().value(at).value(end).endArray();
                json.endObject();
                at = end;
            }
            json.endObject();
        }
        var bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        var padded = Arrays.copyOf(bytes, (bytes.length + 7) / 8 * 8);
        Arrays.fill(padded, bytes.length, padded.length, (byte) ' ');
        return padded;
    }
}
