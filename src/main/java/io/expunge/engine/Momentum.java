package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@link Sgd} as language models are trained with it: gradients are clipped and vectors spared the decay. */
final class Momentum implements Update {

    private final Map<String, NDArray> matrices = new LinkedHashMap<>();
    private final Map<String, NDArray> vectors = new LinkedHashMap<>();
    private final Sgd ofMatrices;
    private final Sgd ofVectors;
    private final double clip;

    Momentum(NDManager manager, Map<String, NDArray> weights, double momentum, double weightDecay, double clip) {
        weights.forEach((name, weight) -> (Update.decays(weight) ? matrices : vectors).put(name, weight));
        this.ofMatrices = new Sgd(manager, matrices, momentum, weightDecay);
        this.ofVectors = new Sgd(manager, vectors, momentum, 0);
        this.clip = clip;
    }

    @Override
    public void step(NDManager scratch, Map<String, NDArray> gradients, double learningRate) {
        Update.clip(scratch, gradients, clip);
        step(ofMatrices, scratch, matrices, gradients, learningRate);
        step(ofVectors, scratch, vectors, gradients, learningRate);
    }

    private static void step(
            Sgd sgd,
            NDManager scratch,
            Map<String, NDArray> weights,
            Map<String, NDArray> gradients,
            double learningRate) {
        if (weights.isEmpty()) {
            return;
        }
        Map<String, NDArray> mine = new LinkedHashMap<>(weights);
        mine.replaceAll((name, weight) -> gradients.get(name));
        sgd.step(scratch, weights, mine, Map.of(), learningRate, 0);
    }

    @Override
    public Map<String, NDArray> state() {
        Map<String, NDArray> state = new LinkedHashMap<>();
        ofMatrices.velocity().forEach((name, value) -> state.put("velocity:" + name, value));
        ofVectors.velocity().forEach((name, value) -> state.put("velocity:" + name, value));
        return state;
    }
}
