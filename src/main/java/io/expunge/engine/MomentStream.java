package io.expunge.engine;

import java.util.List;

/**
 * What second moments are taken over.
 *
 * @param layers names of linear layers, without {@code .weight}
 * @param texts unlabelled: every token but the first of each is predicted, whatever is given of them
 * @param labels what the gradients are those of
 * @param seed of the labels that are drawn
 * @param partTokens most tokens that are read at once, unless a single text has more
 */
public record MomentStream(List<String> layers, Sequences texts, Labels labels, long seed, int partTokens) {

    /** Whose log-probability is differentiated at each place. */
    public enum Labels {
        /** A token drawn from the model's own distribution: the Fisher matrix, and nothing of the text's own tokens. */
        SAMPLED,
        /** The text's next token: the empirical Fisher matrix. */
        GOLD
    }

    public MomentStream {
        layers = List.copyOf(layers);
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("layers must name at least one");
        }
        if (labels == null) {
            throw new IllegalArgumentException("labels must be given");
        }
        Require.atLeast("partTokens", partTokens, 16);
    }

    /** Places that are predicted. */
    public long positions() {
        return texts.tokens() - texts.size();
    }

    /**
     * Passes where there is enough to fill the factors of the layers.
     *
     * @throws ModelRefused naming a layer that there is not, or one for whose width there are too few tokens
     */
    public void requireFit(Decoder decoder) {
        for (var layer : DecoderLayers.named(decoder, layers)) {
            int width = layer.width();
            if (positions() < width) {
                throw new ModelRefused("layer " + layer.name() + " of width " + width + " needs at least " + width
                        + " predicted tokens but the texts have " + positions());
            }
        }
        texts.checkFit(decoder.positions(), decoder.vocabulary());
    }
}
