package io.expunge.engine;

import static io.expunge.engine.Require.atLeast;
import static io.expunge.engine.Require.atMost;

import io.expunge.engine.Decoder.Activation;
import io.expunge.engine.Decoder.Family;
import org.jspecify.annotations.Nullable;

/**
 * What is chosen of a decoder that is trained from random weights; the rest is as its family has it.
 *
 * @param vocabulary most tokens of the tokenizer that is trained first
 * @param keyValueHeads as many as heads where none is given
 * @param inner 4 · width where none is given
 * @param positions the most tokens that a record may have
 */
public record DecoderSizes(
        Family family,
        int vocabulary,
        int layers,
        int width,
        int heads,
        @Nullable Integer keyValueHeads,
        @Nullable Integer inner,
        int positions) {

    private static final double ROTARY_BASE = 10_000;
    /** GPT-NeoX turns the first quarter of each head. */
    private static final int NEOX_ROTARY_SHARE = 4;

    public DecoderSizes {
        if (family == null) {
            throw new IllegalArgumentException("family must be given");
        }
        atLeast("vocabulary", vocabulary, 257);
        atMost("vocabulary", vocabulary, 1 << 20);
        atLeast("heads", heads, 1);
        if (width % heads != 0) {
            throw new IllegalArgumentException("heads must divide the width of " + width + " but was " + heads);
        }
        decoder(family, vocabulary, layers, width, heads, keyValueHeads, inner, positions);
    }

    /**
     * The decoder of these sizes.
     *
     * @param tokens that the trained tokenizer has
     */
    public Decoder decoder(int tokens) {
        return decoder(family, tokens, layers, width, heads, keyValueHeads, inner, positions);
    }

    /**
     * Passes when a decoder is of these sizes, whatever its vocabulary.
     *
     * @throws ModelRefused naming what is not
     */
    public void check(Decoder decoder) {
        if (decoder.family() != family) {
            throw new ModelRefused("config.json: model_type is "
                    + decoder.family().modelType() + " but the model was declared as " + family.modelType());
        }
        var wanted = decoder(decoder.vocabulary());
        same("layers", decoder.layers(), wanted.layers());
        same("width", decoder.width(), wanted.width());
        same("heads", decoder.heads(), wanted.heads());
        same("keyValueHeads", decoder.keyValueHeads(), wanted.keyValueHeads());
        same("inner", decoder.inner(), wanted.inner());
        same("positions", decoder.positions(), wanted.positions());
    }

    private static void same(String name, int stored, int declared) {
        if (stored != declared) {
            throw new ModelRefused(
                    "config.json: has " + stored + " for " + name + " but the model was declared with " + declared);
        }
    }

    private static Decoder decoder(
            Family family,
            int tokens,
            int layers,
            int width,
            int heads,
            @Nullable Integer keyValueHeads,
            @Nullable Integer inner,
            int positions) {
        int headSize = width / heads;
        boolean gpt2 = family == Family.GPT2;
        boolean neox = family == Family.GPT_NEOX;
        return new Decoder(
                family,
                tokens,
                layers,
                width,
                heads,
                keyValueHeads == null ? heads : keyValueHeads,
                headSize,
                inner == null ? 4 * width : inner,
                positions,
                family == Family.QWEN2 || family == Family.OLMO2 ? 1e-6 : 1e-5,
                gpt2 ? Activation.GELU_TANH : neox ? Activation.GELU : Activation.SILU,
                gpt2 ? null : new Rotary(neox ? headSize / NEOX_ROTARY_SHARE / 2 * 2 : headSize, ROTARY_BASE, null),
                neox,
                gpt2 || neox || family == Family.QWEN2,
                gpt2 || neox,
                !neox);
    }
}
