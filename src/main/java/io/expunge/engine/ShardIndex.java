package io.expunge.engine;

import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * {@code model.safetensors.index.json}: which file holds which tensor.
 *
 * @param shardOf file name by tensor name
 * @param totalSize bytes of all tensors
 */
record ShardIndex(Map<String, String> shardOf, Optional<BigDecimal> totalSize) {

    static final String FILE = "model.safetensors.index.json";

    /** @throws ModelRefused naming the tensor and the reason */
    static ShardIndex read(Path directory) throws IOException {
        Map<String, String> shardOf = new LinkedHashMap<>();
        Optional<BigDecimal> totalSize = Optional.empty();
        try (var reader = new JsonReader(new StringReader(TextFile.read(directory, FILE)))) {
            reader.setStrictness(Strictness.STRICT);
            reader.beginObject();
            while (reader.hasNext()) {
                switch (reader.nextName()) {
                    case "weight_map" -> weightMap(reader, shardOf);
                    case "metadata" -> totalSize = totalSize(reader);
                    default -> reader.skipValue();
                }
            }
            reader.endObject();
        } catch (JsonParseException | IllegalStateException | NumberFormatException | IOException e) {
            throw new ModelRefused(FILE + " is not the JSON of an index: " + e.getMessage());
        }
        if (shardOf.isEmpty()) {
            throw new ModelRefused(FILE + " has no weight_map");
        }
        return new ShardIndex(shardOf, totalSize);
    }

    private static void weightMap(JsonReader reader, Map<String, String> shardOf) throws IOException {
        reader.beginObject();
        while (reader.hasNext()) {
            var tensor = reader.nextName();
            var shard = reader.nextString();
            if (shard.contains("/") || shard.contains("\\") || !shard.endsWith(ModelFiles.SAFETENSORS)) {
                throw new ModelRefused(FILE + " puts tensor " + tensor + " into " + shard
                        + ", which is not the name of a safetensors file in the directory itself");
            }
            if (shardOf.put(tensor, shard) != null) {
                throw new ModelRefused(FILE + " names tensor " + tensor + " twice");
            }
        }
        reader.endObject();
    }

    private static Optional<BigDecimal> totalSize(JsonReader reader) throws IOException {
        Optional<BigDecimal> size = Optional.empty();
        reader.beginObject();
        while (reader.hasNext()) {
            if (reader.nextName().equals("total_size")) {
                size = Optional.of(new BigDecimal(reader.nextString()));
            } else {
                reader.skipValue();
            }
        }
        reader.endObject();
        return size;
    }
}
