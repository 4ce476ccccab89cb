package io.expunge.engine;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Trained low-rank adapters. On disk they are a directory as Hugging Face's PEFT lays it out: {@code adapter_config.json}
 * and {@code adapter_model.safetensors}.
 *
 * @param decoder of the model that they are for
 * @param tensors row-major numbers of A, shape (rank, in), and B, shape (out, rank), by the name of the module with
 *     {@code .lora_A.weight} or {@code .lora_B.weight} behind it
 */
public record LowRankAdapter(Decoder decoder, LowRank settings, Map<String, float[]> tensors) {

    private static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String PREFIX = "base_model.model.";

    /** Options that change what an adapter computes, with the only values that are built here. */
    private static final Map<String, JsonElement> FIXED = fixed();

    /** Options that came later, of which none may be set. */
    private static final List<String> UNSET = List.of(
            "lora_bias", "exclude_modules", "layer_replication", "target_parameters", "trainable_token_indices");

    /**
     * Checks that there are the tensors that the settings ask for, and no others.
     *
     * @throws ModelRefused naming the tensor and the reason
     */
    public LowRankAdapter {
        var shapes = Adapters.shapes(decoder, settings);
        var given = Map.copyOf(tensors);
        for (var name : given.keySet()) {
            if (!shapes.containsKey(name)) {
                throw new ModelRefused("tensor " + PREFIX + name + " is not part of the adapter");
            }
        }
        shapes.forEach((name, shape) -> {
            var numbers = given.get(name);
            if (numbers == null) {
                throw new ModelRefused("tensor " + PREFIX + name + " is missing");
            }
            if (numbers.length != shape[0] * shape[1]) {
                throw new ModelRefused("tensor " + PREFIX + name + " must have " + shape[0] * shape[1]
                        + " numbers but has " + numbers.length);
            }
        });
        tensors = given;
    }

    private static Map<String, JsonElement> fixed() {
        Map<String, JsonElement> fixed = new LinkedHashMap<>();
        fixed.put("peft_type", new JsonPrimitive("LORA"));
        fixed.put("bias", new JsonPrimitive("none"));
        fixed.put("use_dora", new JsonPrimitive(false));
        fixed.put("use_rslora", new JsonPrimitive(false));
        fixed.put("modules_to_save", JsonNull.INSTANCE);
        fixed.put("layers_to_transform", JsonNull.INSTANCE);
        fixed.put("layers_pattern", JsonNull.INSTANCE);
        fixed.put("rank_pattern", new JsonObject());
        fixed.put("alpha_pattern", new JsonObject());
        return fixed;
    }

    /**
     * Writes a directory, as a whole or not at all; the same adapters give the same bytes.
     *
     * @param target must not exist yet
     */
    public void write(Path target) {
        Map<String, Safetensors.Tensor> stored = new LinkedHashMap<>();
        Adapters.shapes(decoder, settings).forEach((name, shape) -> {
            var numbers = tensors.get(name);
            if (numbers != null) {
                stored.put(PREFIX + name, new Safetensors.Tensor(shape, numbers));
            }
        });
        NewDirectory.write(target, draft -> {
            Files.writeString(draft.resolve(CONFIG), config());
            Safetensors.write(draft.resolve(WEIGHTS), stored, Map.of("format", "pt"));
            return stored.size();
        });
    }

    private String config() {
        var config = new JsonObject();
        FIXED.forEach(config::add);
        config.addProperty("task_type", "CAUSAL_LM");
        config.add("base_model_name_or_path", JsonNull.INSTANCE);
        // linear layers of GPT-2 are stored as (in, out)
        config.addProperty("fan_in_fan_out", decoder.family() == Decoder.Family.GPT2);
        config.addProperty("inference_mode", true);
        config.addProperty("init_lora_weights", true);
        config.addProperty("r", settings.rank());
        boolean whole = settings.alpha() == Math.rint(settings.alpha()) && settings.alpha() < Integer.MAX_VALUE;
        config.addProperty("lora_alpha", whole ? (Number) (int) settings.alpha() : (Number) settings.alpha());
        config.addProperty("lora_dropout", 0.0);
        var targets = new JsonArray();
        settings.targetModules().forEach(targets::add);
        boolean all = settings.targetModules().equals(List.of(LowRank.ALL_LINEAR));
        config.add("target_modules", all ? targets.get(0) : targets);
        return new GsonBuilder().setPrettyPrinting().serializeNulls().create().toJson(config) + "\n";
    }

    /**
     * Reads a directory.
     *
     * @param decoder of the model that the adapters are for
     * @throws ModelRefused naming the file, the field or tensor, and the reason
     */
    public static LowRankAdapter read(Path directory, Decoder decoder) {
        try {
            var root = directory.toRealPath();
            for (var file : ModelFiles.list(root)) {
                var name = file.toString();
                if (name.endsWith(ModelFiles.SAFETENSORS) && !name.equals(WEIGHTS)) {
                    throw new ModelRefused(name + " holds weights that are not part of the adapter");
                }
            }
            var settings = settings(TextFile.read(root, CONFIG));
            if (!Files.isRegularFile(root.resolve(WEIGHTS))) {
                throw new ModelRefused(WEIGHTS + " is missing");
            }
            return new LowRankAdapter(decoder, settings, tensors(root.resolve(WEIGHTS), decoder, settings));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, float[]> tensors(Path file, Decoder decoder, LowRank settings) {
        var opened = SafetensorsFile.open(file);
        var shapes = Adapters.shapes(decoder, settings);
        Map<String, float[]> tensors = new LinkedHashMap<>();
        for (var entry : opened.tensors().values()) {
            var name = entry.name().startsWith(PREFIX) ? entry.name().substring(PREFIX.length()) : "";
            var shape = shapes.get(name);
            if (shape == null) {
                throw new ModelRefused("tensor " + entry.name() + " is not part of the adapter");
            }
            if (!Arrays.equals(shape, entry.shape())) {
                throw new ModelRefused("tensor " + entry.name() + " must have the shape " + Arrays.toString(shape)
                        + " but has " + Arrays.toString(entry.shape()));
            }
            tensors.put(name, opened.read(entry));
        }
        return tensors;
    }

    private static LowRank settings(String text) {
        try {
            var config = JsonParser.parseString(text).getAsJsonObject();
            FIXED.forEach((key, only) -> {
                if (config.has(key) && !config.get(key).equals(only)) {
                    throw new ModelRefused(CONFIG + ": " + key + " must be " + only + " but was " + config.get(key));
                }
            });
            for (var key : UNSET) {
                var value = config.get(key);
                if (value != null && !value.isJsonNull() && !value.equals(new JsonPrimitive(false))) {
                    throw new ModelRefused(CONFIG + ": " + key + " must not be set but was " + value);
                }
            }
            return new LowRank(
                    given(config, "r").getAsInt(),
                    given(config, "lora_alpha").getAsDouble(),
                    targets(given(config, "target_modules")));
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException | NumberFormatException e) {
            throw new ModelRefused(CONFIG + " is not the JSON of an adapter: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw new ModelRefused(CONFIG + ": " + e.getMessage());
        }
    }

    private static JsonElement given(JsonObject config, String key) {
        var value = config.get(key);
        if (value == null || value.isJsonNull()) {
            throw new ModelRefused(CONFIG + " lacks " + key);
        }
        return value;
    }

    /** A list of names, or the one word for every linear layer; any other text would be a pattern. */
    private static List<String> targets(JsonElement value) {
        if (!value.isJsonArray()) {
            if (value.getAsString().equals(LowRank.ALL_LINEAR)) {
                return List.of(LowRank.ALL_LINEAR);
            }
            throw new ModelRefused(CONFIG + ": target_modules must be a list of names or " + LowRank.ALL_LINEAR);
        }
        var targets = new ArrayList<String>();
        value.getAsJsonArray().forEach(one -> targets.add(one.getAsString()));
        return targets;
    }
}
