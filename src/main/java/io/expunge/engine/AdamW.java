package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adam with decoupled weight decay: Loshchilov and Hutter 2019, algorithm 2,
 * <a href="https://arxiv.org/abs/1711.05101">paper</a>, with β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸.
 *
 * <pre>
 * m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²
 * θ ← θ − η (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε) − η λ θ
 * </pre>
 *
 * The decay is spared to vectors: biases and the gains of normalisations.
 */
final class AdamW implements Update {

    private final Map<String, NDArray> weights;
    private final double weightDecay;
    private final double clip;
    private final Map<String, NDArray> first = new LinkedHashMap<>();
    private final Map<String, NDArray> second = new LinkedHashMap<>();
    private final Map<String, NDArray> steps = new LinkedHashMap<>();

    /**
     * An optimiser that has seen nothing.
     *
     * @param weights storage that it writes to
     * @param weightDecay λ
     * @param clip the largest norm of all gradients together; larger ones are scaled down to it; 0 for no limit
     */
    AdamW(NDManager manager, Map<String, NDArray> weights, double weightDecay, double clip) {
        this.weights = weights;
        this.weightDecay = weightDecay;
        this.clip = clip;
        weights.forEach((name, weight) -> {
            first.put(name, manager.zeros(weight.getShape()));
            second.put(name, manager.zeros(weight.getShape()));
            steps.put(name, manager.create(0f));
        });
    }

    @Override
    public void step(NDManager scratch, Map<String, NDArray> gradients, double learningRate) {
        Update.clip(scratch, gradients, clip);
        move(scratch, gradients, learningRate, names(true), weightDecay);
        move(scratch, gradients, learningRate, names(false), 0);
    }

    private List<String> names(boolean matrices) {
        return weights.entrySet().stream()
                .filter(weight -> Update.decays(weight.getValue()) == matrices)
                .map(Map.Entry::getKey)
                .toList();
    }

    private void move(
            NDManager scratch, Map<String, NDArray> gradients, double learningRate, List<String> names, double decay) {
        if (names.isEmpty()) {
            return;
        }
        var arguments = new NDList();
        Kernels.addList(arguments, "p", names.stream().map(weights::get).toList());
        Kernels.addList(arguments, "g", names.stream().map(gradients::get).toList());
        Kernels.addList(arguments, "m", names.stream().map(first::get).toList());
        Kernels.addList(arguments, "v", names.stream().map(second::get).toList());
        Kernels.addList(arguments, "t", names.stream().map(steps::get).toList());
        arguments.add(scratch.create(learningRate));
        arguments.add(scratch.create(decay));
        Kernels.shared().call("adamw", scratch, arguments);
    }

    /** Both moments and the step counts, by name. */
    @Override
    public Map<String, NDArray> state() {
        Map<String, NDArray> state = new LinkedHashMap<>();
        first.forEach((name, value) -> state.put("first:" + name, value));
        second.forEach((name, value) -> state.put("second:" + name, value));
        steps.forEach((name, value) -> state.put("steps:" + name, value));
        return state;
    }
}
