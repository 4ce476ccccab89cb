package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import com.google.gson.JsonParser;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Small models of every family with weights that a formula gives, and what Hugging Face's library answers for them. */
final class GoldenDecoders {

    record Model(String name, String config, double[][] lastLogits, double loss, Map<String, Double> gradientNorms) {

        Decoder decoder() {
            return Decoder.read(config);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private GoldenDecoders() {}

    /** Tokens that the golden numbers are for. */
    static List<int[]> sequences() {
        return List.of(new Gson().fromJson(file().get("sequences"), int[][].class));
    }

    static List<Model> models() {
        var models = new ArrayList<Model>();
        var gson = new Gson();
        for (var entry : file().getAsJsonObject("models").entrySet()) {
            var json = entry.getValue().getAsJsonObject();
            Map<String, Double> norms = new TreeMap<>();
            json.getAsJsonObject("gradientNorms")
                    .entrySet()
                    .forEach(norm -> norms.put(norm.getKey(), norm.getValue().getAsDouble()));
            models.add(new Model(
                    entry.getKey(),
                    json.get("config").toString(),
                    gson.fromJson(json.get("logits"), double[][].class),
                    json.get("loss").getAsDouble(),
                    norms));
        }
        return models;
    }

    /** Tensor number s in alphabetical order holds uniform draws from [−1/4, 1/4); scales of norms are 1 more. */
    static Map<String, float[]> weights(Decoder decoder) {
        Map<String, float[]> weights = new LinkedHashMap<>();
        int seed = 0;
        for (var entry : new TreeMap<>(DecoderTensors.of(decoder)).entrySet()) {
            var values = new float[entry.getValue().size()];
            for (int i = 0; i < values.length; i++) {
                double uniform = (Seeds.derive(seed, i) >>> 40) / (double) (1 << 24);
                values[i] =
                        (float) ((uniform - 0.5) / 2 + (entry.getValue().role() == DecoderTensors.Role.SCALE ? 1 : 0));
            }
            weights.put(entry.getKey(), values);
            seed++;
        }
        return weights;
    }

    static Map<String, NDArray> arrays(NDManager manager, Decoder decoder, Map<String, float[]> weights) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        DecoderTensors.of(decoder)
                .forEach((name, tensor) ->
                        arrays.put(name, manager.create(weights.get(name), new Shape(tensor.shape()))));
        return arrays;
    }

    private static com.google.gson.JsonObject file() {
        var stream = GoldenDecoders.class.getResourceAsStream("/golden/decoders.json");
        return JsonParser.parseReader(new InputStreamReader(stream, StandardCharsets.UTF_8))
                .getAsJsonObject();
    }
}
