package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Stochastic gradient descent with momentum, PyTorch's form.
 *
 * <pre>v ← μ v + (∇L + λ θ),  θ ← θ − η v</pre>
 *
 * A penalty α adds α sign(θ) to the gradient, the subgradient of α‖θ‖₁ that is 0 at 0.
 *
 * <p>Where a mask holds a weight at zero, its gradient is zero too; with θ = v = 0 at the start both then stay zero.
 */
final class Sgd {

    private final Map<String, NDArray> velocity = new LinkedHashMap<>();
    private final double momentum;
    private final double weightDecay;

    Sgd(NDManager manager, Map<String, NDArray> weights, double momentum, double weightDecay) {
        weights.forEach((name, weight) -> velocity.put(name, manager.zeros(weight.getShape())));
        this.momentum = momentum;
        this.weightDecay = weightDecay;
    }

    Map<String, NDArray> velocity() {
        return velocity;
    }

    /** One step; leaves the gradients at zero, so that none leaks into the next. */
    void step(
            NDManager scratch,
            Map<String, NDArray> weights,
            Map<String, NDArray> gradients,
            Map<String, NDArray> masks,
            double learningRate,
            double penalty) {
        var kernels = Kernels.shared();
        if (penalty > 0) {
            var arguments = new NDList();
            Kernels.addList(arguments, "p", weights.values());
            Kernels.addList(arguments, "g", gradients.values());
            arguments.add(scratch.create(penalty));
            kernels.call("lasso", scratch, arguments);
        }
        if (!masks.isEmpty()) {
            var arguments = new NDList();
            Kernels.addList(
                    arguments, "g", masks.keySet().stream().map(gradients::get).toList());
            Kernels.addList(arguments, "k", masks.values());
            kernels.call("mask", scratch, arguments);
        }
        var arguments = new NDList();
        Kernels.addList(arguments, "p", weights.values());
        Kernels.addList(arguments, "g", gradients.values());
        if (momentum > 0) {
            Kernels.addList(arguments, "v", velocity.values());
        }
        arguments.add(scratch.create(learningRate));
        if (momentum > 0) {
            arguments.add(scratch.create(momentum));
        }
        arguments.add(scratch.create(weightDecay));
        kernels.call(momentum > 0 ? "sgd" : "sgd_plain", scratch, arguments);
    }
}
