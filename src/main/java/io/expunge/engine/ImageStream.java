package io.expunge.engine;

import java.util.List;

/**
 * Images that second moments are taken over.
 *
 * @param layers names of linear layers, without {@code .weight}
 * @param images their labels count only where {@code labels} says so
 * @param labels what the gradients are those of: a class drawn from the model's own distribution for each image, or its own
 * @param seed of the labels that are drawn
 * @param partTokens most tokens that are read at once, unless a single image has more
 * @param places which tokens of an image count
 */
public record ImageStream(
        List<String> layers, Examples images, MomentStream.Labels labels, long seed, int partTokens, Places places) {

    /** Which tokens of an image count. */
    public enum Places {
        /** All of them, the class token among them. */
        ALL,
        /** The class token, which the answer is read from: Merullo et al. 2025, §5. */
        CLASS
    }

    public ImageStream {
        layers = List.copyOf(layers);
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("layers must name at least one");
        }
        if (labels == null) {
            throw new IllegalArgumentException("labels must be given");
        }
        if (places == null) {
            throw new IllegalArgumentException("places must be given");
        }
        Require.atLeast("partTokens", partTokens, 16);
    }

    /** Tokens that count. */
    public long positions(VisionTransformer vit) {
        return (long) images.size() * (places == Places.ALL ? vit.tokens() : 1);
    }

    /**
     * Passes where there is enough to fill the factors of the layers.
     *
     * @return what the architecture is, then
     * @throws ModelRefused naming a layer that there is not, or one for whose width there are too few tokens, or if the images
     *     are of another shape
     */
    public VisionTransformer requireFit(NetworkArchitecture architecture) {
        var all = Layers.of(architecture).tokenLayers();
        for (var layer : LinearLayer.named(all, layers)) {
            if (!(architecture instanceof VisionTransformer vit)) {
                break;
            }
            if (positions(vit) < layer.width()) {
                throw new ModelRefused("layer " + layer.name() + " of width " + layer.width() + " needs at least "
                        + layer.width() + " tokens but the " + images.size() + " images have " + positions(vit)
                        + " that count");
            }
        }
        if (!(architecture instanceof VisionTransformer vit)) {
            throw new ModelRefused("curvature is taken of vision transformers, not of " + architecture.name());
        }
        try {
            images.checkFit(architecture);
        } catch (IllegalArgumentException e) {
            throw new ModelRefused(String.valueOf(e.getMessage()));
        }
        return vit;
    }
}
