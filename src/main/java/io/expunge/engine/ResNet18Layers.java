package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.pooling.Pool;

record ResNet18Layers(ResNet18 net) implements Layers {

    private static final int WIDTH = 64;
    private static final int STAGES = 4;

    @Override
    public void declare(Declarations tensors) {
        tensors.convolution("conv1", net.channels(), WIDTH, 3);
        tensors.norm("bn1", WIDTH);
        int in = WIDTH;
        for (int stage = 1; stage <= STAGES; stage++) {
            int out = WIDTH << (stage - 1);
            block(tensors, "layer" + stage + ".0", in, out);
            block(tensors, "layer" + stage + ".1", out, out);
            in = out;
        }
        tensors.head(head(), in, net.classes());
    }

    @Override
    public NDArray features(Pass pass, NDArray inputs) {
        var x = pass.relu(pass.norm("bn1", pass.convolution("conv1", inputs, 1, 1))); // (n, 64, h, w)
        for (int stage = 1; stage <= STAGES; stage++) {
            x = block(pass, "layer" + stage + ".0", x, stage == 1 ? 1 : 2);
            x = block(pass, "layer" + stage + ".1", x, 1);
        }
        return Pool.globalAvgPool2d(x); // (n, 512)
    }

    @Override
    public String head() {
        return "fc";
    }

    private static void block(Declarations tensors, String name, int in, int out) {
        tensors.convolution(name + ".conv1", in, out, 3);
        tensors.norm(name + ".bn1", out);
        tensors.convolution(name + ".conv2", out, out, 3);
        tensors.norm(name + ".bn2", out);
        if (in != out) {
            tensors.convolution(name + ".downsample.0", in, out, 1);
            tensors.norm(name + ".downsample.1", out);
        }
    }

    private static NDArray block(Pass pass, String name, NDArray x, int stride) {
        var y = pass.relu(pass.norm(name + ".bn1", pass.convolution(name + ".conv1", x, stride, 1)));
        y = pass.norm(name + ".bn2", pass.convolution(name + ".conv2", y, 1, 1));
        var shortcut = stride == 1
                ? x
                : pass.norm(name + ".downsample.1", pass.convolution(name + ".downsample.0", x, stride, 0));
        return pass.relu(y.add(shortcut));
    }
}
