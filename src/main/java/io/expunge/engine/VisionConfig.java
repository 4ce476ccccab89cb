package io.expunge.engine;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.util.List;

/** Hugging Face's {@code config.json} and {@code preprocessor_config.json} of a vision transformer. */
final class VisionConfig extends ModelConfig {

    static final String CONFIG = "config.json";
    static final String PREPROCESSOR = "preprocessor_config.json";

    private static final String TYPE = "vit";
    private static final double BYTE = 1.0 / 255;

    private VisionConfig(String file, JsonObject json) {
        super(file, json);
    }

    /**
     * What a config describes.
     *
     * @throws ModelRefused naming the field, if it is wrong or asks for what is not built here
     */
    static VisionTransformer read(String text) {
        try {
            return new VisionConfig(CONFIG, parsed(CONFIG, text)).vit();
        } catch (IllegalArgumentException e) {
            throw new ModelRefused(CONFIG + ": " + e.getMessage());
        }
    }

    /**
     * Passes where pixels enter as they do here: as 0…1, neither centred nor scaled further.
     *
     * @throws ModelRefused naming the field
     */
    static void checkPreprocessor(String text) {
        var config = new VisionConfig(PREPROCESSOR, parsed(PREPROCESSOR, text));
        if (config.flag("do_normalize", true)) {
            throw new ModelRefused(PREPROCESSOR + ": do_normalize must be false, since pixels enter as 0…1; mean and "
                    + "deviation can be moved into the patch embedding, which is linear");
        }
        if (!config.flag("do_rescale", true) || Math.abs(config.real("rescale_factor", BYTE) - BYTE) > 1e-9) {
            throw new ModelRefused(PREPROCESSOR + ": pixels must be rescaled by 1/255");
        }
    }

    private VisionTransformer vit() {
        var type = text("model_type", "");
        if (!type.equals(TYPE)) {
            throw new ModelRefused(
                    CONFIG + ": model_type must be " + TYPE + " but is " + (type.isEmpty() ? "absent" : type));
        }
        var act = text("hidden_act", "gelu");
        if (!act.equals("gelu")) {
            throw new ModelRefused(CONFIG + ": hidden_act must be gelu but is " + act);
        }
        refuseIf("qkv_bias", false, true);
        return new VisionTransformer(
                number("num_channels", 3),
                number("image_size", 224),
                number("patch_size", 16),
                number("hidden_size", 768),
                number("num_hidden_layers", 12),
                number("num_attention_heads", 12),
                number("intermediate_size", 3_072),
                real("layer_norm_eps", 1e-12),
                classes());
    }

    private int classes() {
        var labels = json.get("id2label");
        if (labels == null) {
            return number("num_labels", 2);
        }
        if (!labels.isJsonObject()) {
            throw new ModelRefused(CONFIG + ": id2label must hold an object");
        }
        int size = labels.getAsJsonObject().size();
        for (int id = 0; id < size; id++) {
            if (!labels.getAsJsonObject().has(Integer.toString(id))) {
                throw new ModelRefused(CONFIG + ": id2label must name every class from 0 on but lacks " + id);
            }
        }
        return size;
    }

    /** @param names of the classes, in their order */
    static String write(VisionTransformer vit, List<String> names) {
        if (names.size() != vit.classes()) {
            throw new IllegalArgumentException(names.size() + " names are not those of " + vit.classes() + " classes");
        }
        var json = new JsonObject();
        json.addProperty("model_type", TYPE);
        architecture(json, "ViTForImageClassification");
        json.addProperty("torch_dtype", "float32");
        json.addProperty("num_channels", vit.channels());
        json.addProperty("image_size", vit.imageSize());
        json.addProperty("patch_size", vit.patchSize());
        json.addProperty("hidden_size", vit.hiddenSize());
        json.addProperty("num_hidden_layers", vit.depth());
        json.addProperty("num_attention_heads", vit.heads());
        json.addProperty("intermediate_size", vit.intermediateSize());
        json.addProperty("hidden_act", "gelu");
        json.addProperty("layer_norm_eps", vit.layerNormEpsilon());
        json.addProperty("qkv_bias", true);
        json.addProperty("hidden_dropout_prob", 0.0);
        json.addProperty("attention_probs_dropout_prob", 0.0);
        var byId = new JsonObject();
        var byLabel = new JsonObject();
        for (int id = 0; id < names.size(); id++) {
            byId.addProperty(Integer.toString(id), names.get(id));
            byLabel.addProperty(names.get(id), id);
        }
        json.add("id2label", byId);
        json.add("label2id", byLabel);
        return pretty(json);
    }

    /** How a consumer turns an image into an input. */
    static String writePreprocessor(VisionTransformer vit) {
        var json = new JsonObject();
        json.addProperty("image_processor_type", "ViTImageProcessor");
        json.addProperty("do_resize", true);
        var size = new JsonObject();
        size.addProperty("height", vit.imageSize());
        size.addProperty("width", vit.imageSize());
        json.add("size", size);
        json.addProperty("do_rescale", true);
        json.addProperty("rescale_factor", BYTE);
        json.addProperty("do_normalize", false);
        return pretty(json);
    }

    private static String pretty(JsonObject json) {
        return new GsonBuilder().setPrettyPrinting().create().toJson(json) + "\n";
    }
}
