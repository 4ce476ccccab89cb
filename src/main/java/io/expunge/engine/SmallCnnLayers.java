package io.expunge.engine;

import ai.djl.ndarray.NDArray;

record SmallCnnLayers(SmallCnn cnn) implements Layers {

    private static final int FIRST = 16;
    private static final int SECOND = 32;
    private static final int HIDDEN = 128;

    @Override
    public void declare(Declarations tensors) {
        tensors.biasedConvolution("conv1", cnn.channels(), FIRST, 3);
        tensors.biasedConvolution("conv2", FIRST, SECOND, 3);
        tensors.linear("fc1", SECOND * (cnn.height() / 4) * (cnn.width() / 4), HIDDEN);
        tensors.head(head(), HIDDEN, cnn.classes());
    }

    @Override
    public NDArray features(Pass pass, NDArray inputs) {
        var x = pass.halve(pass.relu(pass.convolution("conv1", inputs, 1, 1))); // (n, 16, h/2, w/2)
        x = pass.halve(pass.relu(pass.convolution("conv2", x, 1, 1))); // (n, 32, h/4, w/4)
        x = x.reshape(x.getShape().get(0), -1);
        return pass.relu(pass.linear("fc1", x));
    }

    @Override
    public String head() {
        return "fc2";
    }
}
