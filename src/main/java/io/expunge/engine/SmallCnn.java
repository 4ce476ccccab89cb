package io.expunge.engine;

import com.fasterxml.jackson.annotation.JsonTypeName;

/**
 * Two convolutions of 3×3 with ReLU and max pooling, then two linear layers; no normalisation. Minutes on a CPU.
 *
 * @param channels 1 for grey, 3 for colour
 */
@JsonTypeName("small-cnn")
public record SmallCnn(int channels, int height, int width, int classes) implements NetworkArchitecture {

    public SmallCnn {
        Require.image(channels, height, width, classes);
    }

    @Override
    public long[] inputShape() {
        return new long[] {channels, height, width};
    }
}
