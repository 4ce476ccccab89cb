package io.expunge.engine;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import io.expunge.engine.Decoder.Activation;
import io.expunge.engine.Decoder.Family;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Hugging Face's {@code config.json} of the families that {@link Decoder} builds. */
final class DecoderConfig extends ModelConfig {

    private static final double DEFAULT_THETA = 10_000;

    private DecoderConfig(JsonObject json) {
        super("config.json", json);
    }

    static Decoder read(String text) {
        try {
            return new DecoderConfig(parsed("config.json", text)).decoder();
        } catch (IllegalArgumentException e) {
            throw new ModelRefused("config.json: " + e.getMessage());
        }
    }

    private Decoder decoder() {
        var type = text("model_type", "");
        var family = Arrays.stream(Family.values())
                .filter(known -> known.modelType().equals(type))
                .findAny()
                .orElseThrow(() -> new ModelRefused("model_type must be one of "
                        + Arrays.stream(Family.values()).map(Family::modelType).collect(Collectors.joining(", "))
                        + " but is " + (type.isEmpty() ? "absent" : type)));
        return switch (family) {
            case GPT2 -> gpt2();
            case LLAMA -> llamaLike(family, new Defaults(32_000, 4096, 11_008, 32, 32, 2048, 1e-6));
            case QWEN2 -> qwen2();
            case OLMO2 -> llamaLike(family, new Defaults(50_304, 4096, 11_008, 32, 32, 2048, 1e-5));
            case GPT_NEOX -> neox();
        };
    }

    private Decoder gpt2() {
        refuseIf("scale_attn_weights", false, true);
        refuseIf("scale_attn_by_inverse_layer_idx", true, false);
        refuseIf("add_cross_attention", true, false);
        int width = number("n_embd", 768);
        int heads = number("n_head", 12);
        return new Decoder(
                Family.GPT2,
                number("vocab_size", 50_257),
                number("n_layer", 12),
                width,
                heads,
                heads,
                headSize("n_head", width, heads),
                number("n_inner", 4 * width),
                number("n_positions", 1024),
                real("layer_norm_epsilon", 1e-5),
                gelu("activation_function", "gelu_new"),
                null,
                false,
                true,
                true,
                flag("tie_word_embeddings", true));
    }

    private record Defaults(
            int vocabulary, int width, int inner, int layers, int heads, int positions, double epsilon) {}

    private Decoder qwen2() {
        refuseIf("use_sliding_window", true, false);
        var layers = json.get("layer_types");
        if (layers != null && layers.toString().contains("sliding_attention")) {
            throw new ModelRefused("config.json: layer_types must not hold sliding_attention, which is not built here");
        }
        return llamaLike(Family.QWEN2, new Defaults(151_936, 4096, 22_016, 32, 32, 32_768, 1e-6));
    }

    private Decoder llamaLike(Family family, Defaults defaults) {
        var act = text("hidden_act", "silu");
        if (!List.of("silu", "swish").contains(act)) {
            throw new ModelRefused("config.json: hidden_act must be silu but is " + act);
        }
        int width = number("hidden_size", defaults.width);
        int heads = number("num_attention_heads", defaults.heads);
        int headSize = has("head_dim") ? number("head_dim", 0) : headSize("num_attention_heads", width, heads);
        int keyValueHeads =
                number("num_key_value_heads", family == Family.QWEN2 && absent("num_key_value_heads") ? 32 : heads);
        return new Decoder(
                family,
                number("vocab_size", defaults.vocabulary),
                number("num_hidden_layers", defaults.layers),
                width,
                heads,
                keyValueHeads,
                headSize,
                number("intermediate_size", defaults.inner),
                number("max_position_embeddings", defaults.positions),
                real("rms_norm_eps", defaults.epsilon),
                Activation.SILU,
                rotary(headSize, real("rope_theta", DEFAULT_THETA), real("partial_rotary_factor", 1)),
                false,
                family == Family.QWEN2 || flag("attention_bias", false),
                family == Family.LLAMA && flag("mlp_bias", false),
                flag("tie_word_embeddings", false));
    }

    private Decoder neox() {
        int width = number("hidden_size", 6144);
        int heads = number("num_attention_heads", 64);
        int headSize = headSize("num_attention_heads", width, heads);
        return new Decoder(
                Family.GPT_NEOX,
                number("vocab_size", 50_432),
                number("num_hidden_layers", 44),
                width,
                heads,
                heads,
                headSize,
                number("intermediate_size", 24_576),
                number("max_position_embeddings", 2048),
                real("layer_norm_eps", 1e-5),
                gelu("hidden_act", "gelu"),
                rotary(headSize, real("rotary_emb_base", DEFAULT_THETA), real("rotary_pct", 0.25)),
                flag("use_parallel_residual", true),
                flag("attention_bias", true),
                true,
                flag("tie_word_embeddings", false));
    }

    /** Newer files hold everything in {@code rope_parameters}, older ones the scaling alone in {@code rope_scaling}. */
    private Rotary rotary(int headSize, double theta, double share) {
        var key = has("rope_scaling") ? "rope_scaling" : "rope_parameters";
        if (!has(key)) {
            return new Rotary((int) (headSize * share), theta, null);
        }
        if (!json.get(key).isJsonObject()) {
            throw new ModelRefused("config.json: " + key + " must be an object");
        }
        var rope = new DecoderConfig(json.getAsJsonObject(key));
        var type = rope.text("rope_type", rope.text("type", "default"));
        var scaling = switch (type) {
            case "default" -> null;
            case "llama3" ->
                new Rotary.Scaling(
                        rope.needed("factor"),
                        rope.needed("low_freq_factor"),
                        rope.needed("high_freq_factor"),
                        rope.number("original_max_position_embeddings", number("max_position_embeddings", 2048)));
            default ->
                throw new ModelRefused("config.json: " + key + ".rope_type must be default or llama3 but is " + type);
        };
        return new Rotary(
                (int) (headSize * rope.real("partial_rotary_factor", share)), rope.real("rope_theta", theta), scaling);
    }

    private static int headSize(String key, int width, int heads) {
        if (heads < 1 || width % heads != 0) {
            throw new ModelRefused("config.json: " + key + " must divide the width of " + width + " but is " + heads);
        }
        return width / heads;
    }

    private Activation gelu(String key, String fallback) {
        var name = text(key, fallback);
        return switch (name) {
            case "gelu" -> Activation.GELU;
            // three ways to write one formula
            case "gelu_new", "gelu_fast", "gelu_pytorch_tanh" -> Activation.GELU_TANH;
            default ->
                throw new ModelRefused("config.json: " + key
                        + " must be gelu, gelu_new, gelu_fast or gelu_pytorch_tanh but is " + name);
        };
    }

    static String write(Decoder decoder) {
        var json = new JsonObject();
        json.addProperty("model_type", decoder.family().modelType());
        json.addProperty("vocab_size", decoder.vocabulary());
        json.addProperty("tie_word_embeddings", decoder.tiedHead());
        json.addProperty("torch_dtype", "float32");
        switch (decoder.family()) {
            case GPT2 -> writeGpt2(json, decoder);
            case LLAMA, QWEN2, OLMO2, GPT_NEOX -> writeRotary(json, decoder);
        }
        return new GsonBuilder().setPrettyPrinting().create().toJson(json);
    }

    private static void writeGpt2(JsonObject json, Decoder decoder) {
        architecture(json, "GPT2LMHeadModel");
        json.addProperty("n_embd", decoder.width());
        json.addProperty("n_layer", decoder.layers());
        json.addProperty("n_head", decoder.heads());
        json.addProperty("n_inner", decoder.inner());
        json.addProperty("n_positions", decoder.positions());
        json.addProperty("layer_norm_epsilon", decoder.epsilon());
        json.addProperty("activation_function", decoder.activation().configName());
    }

    private static void writeRotary(JsonObject json, Decoder decoder) {
        json.addProperty("hidden_size", decoder.width());
        json.addProperty("num_hidden_layers", decoder.layers());
        json.addProperty("num_attention_heads", decoder.heads());
        json.addProperty("intermediate_size", decoder.inner());
        json.addProperty("max_position_embeddings", decoder.positions());
        json.addProperty("hidden_act", decoder.activation().configName());
        json.addProperty("attention_bias", decoder.attentionBias());
        var rotary = decoder.rotary();
        if (rotary == null) {
            throw new IllegalStateException("no rotary");
        }
        if (decoder.family() == Family.GPT_NEOX) {
            architecture(json, "GPTNeoXForCausalLM");
            json.addProperty("layer_norm_eps", decoder.epsilon());
            json.addProperty("use_parallel_residual", decoder.parallelResidual());
            json.addProperty("rotary_emb_base", rotary.theta());
            json.addProperty("rotary_pct", share(rotary.size(), decoder.headSize()));
        } else {
            architecture(
                    json,
                    switch (decoder.family()) {
                        case QWEN2 -> "Qwen2ForCausalLM";
                        case OLMO2 -> "Olmo2ForCausalLM";
                        default -> "LlamaForCausalLM";
                    });
            json.addProperty("num_key_value_heads", decoder.keyValueHeads());
            json.addProperty("head_dim", decoder.headSize());
            json.addProperty("rms_norm_eps", decoder.epsilon());
            json.addProperty("rope_theta", rotary.theta());
            json.addProperty("mlp_bias", decoder.mlpBias());
        }
        var scaling = rotary.scaling();
        if (scaling != null) {
            var rope = new JsonObject();
            rope.addProperty("rope_type", "llama3");
            rope.addProperty("factor", scaling.factor());
            rope.addProperty("low_freq_factor", scaling.low());
            rope.addProperty("high_freq_factor", scaling.high());
            rope.addProperty("original_max_position_embeddings", scaling.context());
            json.add("rope_scaling", rope);
        }
    }

    /** A quotient whose product with {@code whole} is not rounded below {@code part} when its fraction is cut off. */
    private static double share(int part, int whole) {
        double share = (double) part / whole;
        return (int) (whole * share) < part ? Math.nextUp(share) : share;
    }
}
