package io.expunge.engine;

import com.fasterxml.jackson.annotation.JsonTypeName;

/**
 * The nine-layer residual network of fast CIFAR training, with a quarter of its usual width (16, 32, 64, 128 channels)
 * so that it can be trained on a CPU: He et al. 2016, <a href="https://arxiv.org/abs/1512.03385">paper</a>.
 *
 * @param channels 1 for grey, 3 for colour
 */
@JsonTypeName("resnet9")
public record ResNet9(int channels, int height, int width, int classes) implements NetworkArchitecture {

    public ResNet9 {
        Require.image(channels, height, width, classes);
    }

    @Override
    public long[] inputShape() {
        return new long[] {channels, height, width};
    }
}
