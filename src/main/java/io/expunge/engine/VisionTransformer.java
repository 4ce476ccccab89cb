package io.expunge.engine;

import com.fasterxml.jackson.annotation.JsonTypeName;

/**
 * A vision transformer: Dosovitskiy et al. 2021, <a href="https://arxiv.org/abs/2010.11929">An Image is Worth 16x16 Words</a>.
 *
 * <pre>
 * z₀ = [x_class; x₁E; …; x_NE] + E_pos
 * z'ₗ = MSA(LN(zₗ₋₁)) + zₗ₋₁,  zₗ = MLP(LN(z'ₗ)) + z'ₗ,  MLP(x) = W₂ GELU(W₁x + b₁) + b₂
 * y = W LN(z_L)⁰ + b
 * </pre>
 *
 * Tensors have the names and shapes of Hugging Face's {@code ViTForImageClassification}; GELU is the exact one.
 *
 * @param channels 1 for grey, 3 for colour
 * @param imageSize height and width of an image
 * @param patchSize height and width of a patch, which divides those of the image
 * @param hiddenSize width of a token
 * @param depth blocks
 * @param heads of attention, which divide the hidden size
 * @param intermediateSize width inside the MLP
 * @param layerNormEpsilon what is added to the variance
 */
@JsonTypeName("vit")
public record VisionTransformer(
        int channels,
        int imageSize,
        int patchSize,
        int hiddenSize,
        int depth,
        int heads,
        int intermediateSize,
        double layerNormEpsilon,
        int classes)
        implements NetworkArchitecture {

    private static final int MOST_TOKENS = 16_384;

    public VisionTransformer {
        Require.image(channels, imageSize, imageSize, classes);
        Require.atLeast("patchSize", patchSize, 1);
        Require.divides("patchSize", patchSize, "imageSize", imageSize);
        Require.atMost("patches of an image", (long) (imageSize / patchSize) * (imageSize / patchSize), MOST_TOKENS);
        Require.atLeast("hiddenSize", hiddenSize, 1);
        Require.atMost("hiddenSize", hiddenSize, 8_192);
        Require.atLeast("depth", depth, 1);
        Require.atMost("depth", depth, 128);
        Require.atLeast("heads", heads, 1);
        Require.divides("heads", heads, "hiddenSize", hiddenSize);
        Require.atLeast("intermediateSize", intermediateSize, 1);
        Require.atMost("intermediateSize", intermediateSize, 65_536);
        Require.between("layerNormEpsilon", layerNormEpsilon, 1e-15, 1);
    }

    @Override
    public long[] inputShape() {
        return new long[] {channels, imageSize, imageSize};
    }

    /** Patches of an image and the class token. */
    @Override
    public int tokens() {
        return (imageSize / patchSize) * (imageSize / patchSize) + 1;
    }
}
