package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.Map;

/** How gradients move weights, and what it remembers of earlier ones. */
interface Update {

    /** One step; leaves the gradients at zero, so that none leaks into the next. */
    void step(NDManager scratch, Map<String, NDArray> gradients, double learningRate);

    /** What a checkpoint holds, by name. */
    Map<String, NDArray> state();

    /**
     * What a recipe asks for, with nothing seen yet.
     *
     * @param weights storage that it writes to
     */
    static Update of(TextRecipe recipe, NDManager manager, Map<String, NDArray> weights) {
        return switch (recipe.optimiser()) {
            case ADAMW -> new AdamW(manager, weights, recipe.weightDecay(), recipe.clip());
            case SGD -> new Momentum(manager, weights, recipe.momentum(), recipe.weightDecay(), recipe.clip());
        };
    }

    /** Scales all gradients down so that their common norm is at most {@code most}; 0 for no limit. */
    static void clip(NDManager scratch, Map<String, NDArray> gradients, double most) {
        if (most > 0) {
            var arguments = new NDList();
            Kernels.addList(arguments, "g", gradients.values());
            arguments.add(scratch.create((float) most));
            Kernels.shared().call("clip", scratch, arguments);
        }
    }

    /** Whether weights are of a matrix: decay is spared to biases and the gains of normalisations. */
    static boolean decays(NDArray weights) {
        return weights.getShape().dimension() > 1;
    }
}
