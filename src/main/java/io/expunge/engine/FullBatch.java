package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Plain gradient descent on one short vector in float64, each step on all of its data: θ ← θ − η ∇L(θ). It is for losses
 * that no network stands behind; what is learned from data in batches goes through {@link Session}.
 */
public final class FullBatch implements AutoCloseable {

    private final NDManager manager = Torch.manager();
    private final List<NDArray> constants = new ArrayList<>();

    /**
     * Data that losses use; lives as long as this object.
     *
     * @param values row-major
     */
    public NDArray constant(double[] values, long... shape) {
        var constant = manager.create(values, new Shape(shape));
        constants.add(constant);
        return constant;
    }

    /**
     * ∇L at one point.
     *
     * @param at θ
     * @param loss from θ to a scalar, made of θ and constants of this object only
     * @throws Diverged if the loss is not a finite number there
     */
    public double[] gradient(double[] at, UnaryOperator<NDArray> loss) {
        return Lane.hold(() -> {
            try (var scratch = manager.newSubManager()) {
                // a result lives where its first operand does, and must not outlive the step
                constants.forEach(constant -> constant.tempAttach(scratch));
                var theta = scratch.create(at);
                theta.setRequiresGradient(true);
                try (var collector = Torch.engine().newGradientCollector()) {
                    var value = loss.apply(theta);
                    if (!Double.isFinite(value.getDouble())) {
                        throw new Diverged("the loss is no longer a finite number");
                    }
                    collector.backward(value);
                }
                var gradient = theta.getGradient();
                gradient.attach(scratch);
                return gradient.toDoubleArray();
            }
        });
    }

    /**
     * Goes {@code steps} steps down from a point, which is left as it is.
     *
     * @param rate η
     * @throws Diverged if the loss is no longer a finite number
     */
    public double[] descend(double[] from, int steps, double rate, UnaryOperator<NDArray> loss) {
        var theta = from.clone();
        for (int step = 0; step < steps; step++) {
            var gradient = gradient(theta, loss);
            for (int i = 0; i < theta.length; i++) {
                theta[i] -= rate * gradient[i];
            }
        }
        return theta;
    }

    @Override
    public void close() {
        manager.close();
    }
}
