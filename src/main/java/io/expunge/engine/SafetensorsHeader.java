package io.expunge.engine;

import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The head of a safetensors file: 8 bytes of length, little-endian, then JSON. Nothing of it is believed before it is
 * checked: length, names, types, shapes, offsets, overlaps and gaps.
 *
 * @param entries the tensors in the order of the header
 * @param length bytes before the first number, the 8 of the length included
 */
record SafetensorsHeader(List<Entry> entries, Map<String, String> metadata, long length) {

    static final int MAX_BYTES = 16 << 20;
    private static final int MAX_SIDES = 16;
    private static final long MAX_ELEMENTS = 1L << 40;
    private static final String METADATA = "__metadata__";

    /**
     * @param begin first byte after the header
     * @param end first byte behind it
     */
    record Entry(String name, ElementType type, long[] shape, long begin, long end) {

        long elements() {
            return (end - begin) / type.bytes();
        }
    }

    static SafetensorsHeader read(FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < Long.BYTES) {
            throw new ModelRefused("the file ends before its header");
        }
        long length = Disk.read(channel, 0, Long.BYTES).getLong();
        if (length < 2 || length > MAX_BYTES || length > size - Long.BYTES) {
            throw new ModelRefused("the header claims an impossible length of " + length + " bytes");
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        var bytes = Disk.read(channel, Long.BYTES, (int) length);
        try {
            var json = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
            var entries = entries(json, metadata);
            checkLayout(entries, size - Long.BYTES - length);
            return new SafetensorsHeader(entries, metadata, Long.BYTES + length);
        } catch (JsonParseException | IllegalStateException | NumberFormatException | IOException e) {
            throw new ModelRefused("the header is not the JSON of a safetensors file");
        }
    }

    private static List<Entry> entries(String json, Map<String, String> metadata) throws IOException {
        var entries = new ArrayList<Entry>();
        var names = new HashSet<String>();
        try (var reader = new JsonReader(new StringReader(json))) {
            reader.setStrictness(Strictness.STRICT);
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
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new ModelRefused("the header goes on after its JSON");
            }
            return entries;
        }
    }

    private static Entry entry(String name, JsonReader reader) throws IOException {
        var type = "";
        List<Long> shape = List.of();
        List<Long> offsets = List.of();
        var fields = new HashSet<String>();
        reader.beginObject();
        while (reader.hasNext()) {
            var field = reader.nextName();
            if (!fields.add(field)) {
                throw new ModelRefused("tensor " + name + " has " + field + " twice");
            }
            switch (field) {
                case "dtype" -> type = reader.nextString();
                case "shape" -> shape = numbers(reader);
                case "data_offsets" -> offsets = numbers(reader);
                default -> throw new ModelRefused("tensor " + name + " has an unknown header field");
            }
        }
        reader.endObject();
        if (!fields.contains("shape")) {
            throw new ModelRefused("tensor " + name + " has no shape");
        }
        return entry(name, type(name, type), shape, offsets);
    }

    private static Entry entry(String name, ElementType type, List<Long> shape, List<Long> offsets) {
        if (offsets.size() != 2) {
            throw new ModelRefused("tensor " + name + " must have two data_offsets");
        }
        long count = 1;
        for (long side : shape) {
            if (side < 0 || (count != 0 && side > MAX_ELEMENTS / count)) {
                throw new ModelRefused("tensor " + name + " has an impossible shape");
            }
            count *= side;
        }
        long begin = offsets.get(0);
        long end = offsets.get(1);
        if (begin < 0 || end < begin || end - begin != count * type.bytes()) {
            throw new ModelRefused("tensor " + name + " has offsets that don't fit its shape");
        }
        return new Entry(name, type, shape.stream().mapToLong(Long::longValue).toArray(), begin, end);
    }

    private static ElementType type(String name, String type) {
        for (var known : ElementType.values()) {
            if (known.name().equals(type)) {
                return known;
            }
        }
        throw new ModelRefused("tensor " + name + " must be of a type among " + Arrays.toString(ElementType.values())
                + " but is of type " + type);
    }

    private static List<Long> numbers(JsonReader reader) throws IOException {
        var all = new ArrayList<Long>();
        reader.beginArray();
        while (reader.hasNext()) {
            if (reader.peek() != JsonToken.NUMBER || all.size() == MAX_SIDES) {
                throw new ModelRefused("the header holds a list that is not of a few whole numbers");
            }
            all.add(reader.nextLong());
        }
        reader.endArray();
        return all;
    }

    /** The tensors must fill the rest of the file, without a gap or an overlap. */
    private static void checkLayout(List<Entry> entries, long bytes) {
        long at = 0;
        for (var entry : byPlace(entries)) {
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

    List<Entry> byPlace() {
        return byPlace(entries);
    }

    private static List<Entry> byPlace(List<Entry> entries) {
        return entries.stream()
                .sorted(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end))
                .toList();
    }

    /** What {@link #read} reads, one tensor behind the other; the same shapes and metadata give the same bytes. */
    static byte[] write(Map<String, long[]> shapes, ElementType type, Map<String, String> metadata) throws IOException {
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
            for (var tensor : shapes.entrySet()) {
                json.name(tensor.getKey()).beginObject().name("dtype").value(type.name());
                json.name("shape").beginArray();
                long end = at + type.bytes();
                for (long side : tensor.getValue()) {
                    json.value(side);
                    end = at + (end - at) * side;
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
