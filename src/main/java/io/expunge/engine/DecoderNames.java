package io.expunge.engine;

import java.util.List;

/**
 * What a family calls its tensors; those of a block stand behind {@code block + index + "."}.
 *
 * @param projections matrices of query, key and value, or the one that holds all three
 * @param mlpIn the first layer of an MLP, or gate and up of SwiGLU
 */
record DecoderNames(
        String embedding,
        String positions,
        String block,
        String attentionNorm,
        List<String> projections,
        String queryNorm,
        String keyNorm,
        String attentionOut,
        String mlpNorm,
        List<String> mlpIn,
        String mlpOut,
        String finalNorm,
        String head) {

    static DecoderNames of(Decoder.Family family) {
        return switch (family) {
            case GPT2 ->
                new DecoderNames(
                        "transformer.wte",
                        "transformer.wpe",
                        "transformer.h.",
                        "ln_1",
                        List.of("attn.c_attn"),
                        "",
                        "",
                        "attn.c_proj",
                        "ln_2",
                        List.of("mlp.c_fc"),
                        "mlp.c_proj",
                        "transformer.ln_f",
                        "lm_head");
            case GPT_NEOX ->
                new DecoderNames(
                        "gpt_neox.embed_in",
                        "",
                        "gpt_neox.layers.",
                        "input_layernorm",
                        List.of("attention.query_key_value"),
                        "",
                        "",
                        "attention.dense",
                        "post_attention_layernorm",
                        List.of("mlp.dense_h_to_4h"),
                        "mlp.dense_4h_to_h",
                        "gpt_neox.final_layer_norm",
                        "embed_out");
            case LLAMA, QWEN2 -> llamaLike("input_layernorm", "post_attention_layernorm");
            case OLMO2 -> llamaLike("post_attention_layernorm", "post_feedforward_layernorm");
        };
    }

    private static DecoderNames llamaLike(String attentionNorm, String mlpNorm) {
        return new DecoderNames(
                "model.embed_tokens",
                "",
                "model.layers.",
                attentionNorm,
                List.of("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
                "self_attn.q_norm",
                "self_attn.k_norm",
                "self_attn.o_proj",
                mlpNorm,
                List.of("mlp.gate_proj", "mlp.up_proj"),
                "mlp.down_proj",
                "model.norm",
                "lm_head");
    }

    String block(int index, String name) {
        return block + index + "." + name;
    }
}
