package io.expunge.engine;

import ai.djl.ndarray.NDArray;

record ResNet9Layers(ResNet9 net) implements Layers {

    private static final int WIDTH = 16;

    @Override
    public void declare(Declarations tensors) {
        unit(tensors, "prep", net.channels(), WIDTH);
        unit(tensors, "layer1", WIDTH, 2 * WIDTH);
        unit(tensors, "layer1.residual1", 2 * WIDTH, 2 * WIDTH);
        unit(tensors, "layer1.residual2", 2 * WIDTH, 2 * WIDTH);
        unit(tensors, "layer2", 2 * WIDTH, 4 * WIDTH);
        unit(tensors, "layer3", 4 * WIDTH, 8 * WIDTH);
        unit(tensors, "layer3.residual1", 8 * WIDTH, 8 * WIDTH);
        unit(tensors, "layer3.residual2", 8 * WIDTH, 8 * WIDTH);
        tensors.head(head(), 8 * WIDTH, net.classes());
    }

    @Override
    public NDArray features(Pass pass, NDArray inputs) {
        var x = pass.convolutionNormRelu("prep", inputs); // (n, 16, h, w)
        x = pass.halve(pass.convolutionNormRelu("layer1", x)); // (n, 32, h/2, w/2)
        x = x.add(residual(pass, "layer1", x));
        x = pass.halve(pass.convolutionNormRelu("layer2", x)); // (n, 64, h/4, w/4)
        x = pass.halve(pass.convolutionNormRelu("layer3", x)); // (n, 128, h/8, w/8)
        x = x.add(residual(pass, "layer3", x));
        return pass.largest(x); // (n, 128)
    }

    @Override
    public String head() {
        return "fc";
    }

    private static NDArray residual(Pass pass, String name, NDArray x) {
        return pass.convolutionNormRelu(name + ".residual2", pass.convolutionNormRelu(name + ".residual1", x));
    }

    private static void unit(Declarations tensors, String name, int in, int out) {
        tensors.convolution(name + ".conv", in, out, 3);
        tensors.norm(name + ".bn", out);
    }
}
