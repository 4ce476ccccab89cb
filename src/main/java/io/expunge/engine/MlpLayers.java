package io.expunge.engine;

import ai.djl.ndarray.NDArray;

record MlpLayers(Mlp mlp) implements Layers {

    @Override
    public void declare(Declarations tensors) {
        int in = mlp.inputs();
        for (int i = 0; i < mlp.hidden().size(); i++) {
            int out = mlp.hidden().get(i);
            tensors.linear("fc" + (i + 1), in, out);
            in = out;
        }
        tensors.head(head(), in, mlp.classes());
    }

    @Override
    public NDArray features(Pass pass, NDArray inputs) {
        var x = inputs;
        for (int i = 0; i < mlp.hidden().size(); i++) {
            x = pass.relu(pass.linear("fc" + (i + 1), x));
        }
        return x;
    }

    @Override
    public String head() {
        return "fc" + (mlp.hidden().size() + 1);
    }
}
