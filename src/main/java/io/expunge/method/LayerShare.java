package io.expunge.method;

/**
 * How much of a layer stays.
 *
 * @param layer name of a linear layer, without {@code .weight}
 * @param keptShare in (0, 1]
 */
public record LayerShare(String layer, double keptShare) {

    public LayerShare {
        Require.given("layers.layer", layer);
        Require.share("layers.keptShare", keptShare);
    }
}
