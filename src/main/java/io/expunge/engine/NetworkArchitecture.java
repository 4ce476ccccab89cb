package io.expunge.engine;

import java.util.List;

/** How a classifier is built. */
public sealed interface NetworkArchitecture extends Architecture
        permits Mlp, SmallCnn, ResNet9, ResNet18, VisionTransformer {

    /** How many classes the network tells apart, at least 2. */
    int classes();

    /** Shape of one example, without the batch axis. */
    long[] inputShape();

    /** Tokens that an example is cut into; 1 for all but vision transformers. */
    default int tokens() {
        return 1;
    }

    /**
     * Passes where curvature can be taken of linear layers of these names.
     *
     * @throws ModelRefused naming those that there are, if one of {@code names} is not among them or stands twice
     */
    default void requireCurvatureLayers(List<String> names) {
        LinearLayer.named(Layers.of(this).tokenLayers(), names);
    }

    /**
     * The larger side of the widest of some layers: fewer tokens cannot fill the factors of its curvature.
     *
     * @throws ModelRefused as {@link #requireCurvatureLayers}
     */
    default int widestOf(List<String> names) {
        return LinearLayer.widest(LinearLayer.named(Layers.of(this).tokenLayers(), names));
    }
}
