package io.expunge.engine;

import com.fasterxml.jackson.annotation.JsonTypeName;

/**
 * ResNet-18 with the stem for small images (3×3, no pooling), tensor names as in torchvision: He et al. 2016, <a
 * href="https://arxiv.org/abs/1512.03385">paper</a>. Full width: made for a GPU.
 *
 * @param channels 1 for grey, 3 for colour
 */
@JsonTypeName("resnet18")
public record ResNet18(int channels, int height, int width, int classes) implements NetworkArchitecture {

    public ResNet18 {
        Require.image(channels, height, width, classes);
    }

    @Override
    public long[] inputShape() {
        return new long[] {channels, height, width};
    }
}
