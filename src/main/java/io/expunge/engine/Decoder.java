package io.expunge.engine;

import static io.expunge.engine.Require.atLeast;
import static io.expunge.engine.Require.atMost;
import static io.expunge.engine.Require.positive;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decoder-only transformer: Vaswani et al. 2017, <a href="https://arxiv.org/abs/1706.03762">paper</a>, with the
 * choices of one of the families below. Its JSON form is a Hugging Face {@code config.json}.
 *
 * @param vocabulary tokens that it tells apart
 * @param width entries of the residual stream
 * @param heads attention heads, each with a query
 * @param keyValueHeads heads with a key and a value, each shared by {@code heads / keyValueHeads} queries
 * @param headSize entries of a head
 * @param inner entries between the two layers of an MLP
 * @param positions the most tokens that a sequence may have
 * @param epsilon what norms add to a variance
 * @param rotary how queries and keys are turned; none for learned position embeddings
 * @param parallelResidual whether attention and MLP read the same residual stream: x + f(x) + g(x)
 * @param attentionBias whether the projections of attention have biases
 * @param mlpBias whether the layers of the MLP have biases
 * @param tiedHead whether the token embedding is also the last linear layer
 */
public record Decoder(
        Family family,
        int vocabulary,
        int layers,
        int width,
        int heads,
        int keyValueHeads,
        int headSize,
        int inner,
        int positions,
        double epsilon,
        Activation activation,
        @Nullable Rotary rotary,
        boolean parallelResidual,
        boolean attentionBias,
        boolean mlpBias,
        boolean tiedHead) {

    /** Lines of models that name and wire their tensors in the same way. */
    public enum Family {
        /** Radford et al. 2019: LayerNorm before each half, learned positions, one matrix for query, key and value. */
        GPT2("gpt2"),
        /** Touvron et al. 2023: RMSNorm before each half, rotary positions, SwiGLU. */
        LLAMA("llama"),
        /** Yang et al. 2024: as Llama, with biases on query, key and value. */
        QWEN2("qwen2"),
        /** Walsh et al. 2025: RMSNorm after each half and over all queries and all keys of a token. */
        OLMO2("olmo2"),
        /** Black et al. 2022: LayerNorm, rotary positions on a part of each head, both halves in parallel. */
        GPT_NEOX("gpt_neox");

        private final String modelType;

        Family(String modelType) {
            this.modelType = modelType;
        }

        /** The {@code model_type} of a {@code config.json}. */
        public String modelType() {
            return modelType;
        }
    }

    /** What stands between the layers of an MLP. */
    public enum Activation {
        /** x Φ(x). */
        GELU("gelu"),
        /** x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))). */
        GELU_TANH("gelu_new"),
        /** SwiGLU: gate(x) σ(gate(x)) ⊙ up(x). */
        SILU("silu");

        private final String configName;

        Activation(String configName) {
            this.configName = configName;
        }

        String configName() {
            return configName;
        }
    }

    public Decoder {
        atLeast("vocabulary", vocabulary, 2);
        atMost("vocabulary", vocabulary, 1 << 24);
        atLeast("layers", layers, 1);
        atMost("layers", layers, 1024);
        atLeast("width", width, 1);
        atMost("width", width, 1 << 16);
        atLeast("heads", heads, 1);
        atMost("heads", heads, 1 << 12);
        atLeast("keyValueHeads", keyValueHeads, 1);
        atMost("keyValueHeads", keyValueHeads, heads);
        if (heads % keyValueHeads != 0) {
            throw new IllegalArgumentException(
                    "keyValueHeads must divide the " + heads + " heads but was " + keyValueHeads);
        }
        atLeast("headSize", headSize, 1);
        atMost("headSize", headSize, 1 << 12);
        atLeast("inner", inner, 1);
        atMost("inner", inner, 1 << 20);
        atLeast("positions", positions, 1);
        atMost("positions", positions, 1 << 24);
        positive("epsilon", epsilon);
        if (rotary == null != (family == Family.GPT2)) {
            throw new IllegalArgumentException("rotary must be absent for gpt2 and present for all others");
        }
        if (rotary != null) {
            atMost("rotary.size", rotary.size(), headSize);
        }
        boolean fused = family == Family.GPT2 || family == Family.GPT_NEOX;
        if (fused && (keyValueHeads != heads || (long) heads * headSize != width)) {
            throw new IllegalArgumentException(
                    "heads must each have a key and a value and together fill the width in " + family.modelType());
        }
        if (fused == (activation == Activation.SILU)) {
            throw new IllegalArgumentException("activation must be " + (fused ? "a gelu" : "silu") + " in "
                    + family.modelType() + " but was " + activation.configName());
        }
        if (parallelResidual && family != Family.GPT_NEOX) {
            throw new IllegalArgumentException("parallelResidual must be false in " + family.modelType());
        }
        boolean attentionBiased = family == Family.GPT2 || family == Family.QWEN2;
        if (attentionBiased && !attentionBias) {
            throw new IllegalArgumentException("attentionBias must be true in " + family.modelType());
        }
        if (family != Family.LLAMA && mlpBias != fused) {
            throw new IllegalArgumentException("mlpBias must be " + fused + " in " + family.modelType());
        }
    }

    /** GPT-2 as Radford et al. 2019 built it, in any size. */
    public static Decoder gpt2(int vocabulary, int layers, int width, int heads, int positions) {
        return new Decoder(
                Family.GPT2,
                vocabulary,
                layers,
                width,
                heads,
                heads,
                width / Math.max(heads, 1),
                4 * width,
                positions,
                1e-5,
                Activation.GELU_TANH,
                null,
                false,
                true,
                true,
                true);
    }

    /** Llama as Touvron et al. 2023 built it, in any size, with a tied head. */
    public static Decoder llama(
            int vocabulary, int layers, int width, int heads, int keyValueHeads, int inner, int positions) {
        int headSize = width / Math.max(heads, 1);
        return new Decoder(
                Family.LLAMA,
                vocabulary,
                layers,
                width,
                heads,
                keyValueHeads,
                headSize,
                inner,
                positions,
                1e-5,
                Activation.SILU,
                new Rotary(headSize, 10_000, null),
                false,
                false,
                false,
                true);
    }

    /**
     * Reads a Hugging Face {@code config.json}; keys that are absent have that library's defaults.
     *
     * @throws ModelRefused naming the key, if the text is not JSON, a value is out of its range, or the model is of
     *     another family or uses an option that is not built here
     */
    public static Decoder read(String configJson) {
        return DecoderConfig.read(configJson);
    }

    /** Names of the blocks' linear layers, without {@code .weight}, in the order in which they are declared. */
    public List<String> linearLayers() {
        return List.copyOf(DecoderLayers.of(this).keySet());
    }

    /**
     * Passes where all of {@code names} are linear layers of the blocks.
     *
     * @throws ModelRefused naming one that is not, and those that there are
     */
    public void requireLinearLayers(List<String> names) {
        DecoderLayers.named(this, names);
    }

    /**
     * The larger side of the widest of some linear layers: fewer tokens cannot fill the factors of its curvature.
     *
     * @throws ModelRefused as {@link #requireLinearLayers}
     */
    public int widestOf(List<String> names) {
        return LinearLayer.widest(DecoderLayers.named(this, names));
    }

    /** A {@code config.json} that {@link #read} and Hugging Face's library take for this model. */
    public String toConfigJson() {
        return DecoderConfig.write(this);
    }
}
