package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/** The tensors of an architecture and how an input flows through them. */
interface Layers {

    void declare(Declarations tensors);

    /** Penultimate activations, shape (n, d), of inputs of shape (n, example shape…). */
    NDArray features(Pass pass, NDArray inputs);

    /** Name of the last linear layer, which maps the features to the logits. */
    String head();

    /** The linear layers that curvature can be taken of, by name; they read every token of an image. */
    default Map<String, LinearLayer> tokenLayers() {
        return Map.of();
    }

    static Layers of(NetworkArchitecture architecture) {
        return switch (architecture) {
            case Mlp mlp -> new MlpLayers(mlp);
            case SmallCnn cnn -> new SmallCnnLayers(cnn);
            case ResNet9 net -> new ResNet9Layers(net);
            case ResNet18 net -> new ResNet18Layers(net);
            case VisionTransformer vit -> new VisionTransformerLayers(vit);
        };
    }
}
