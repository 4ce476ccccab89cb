package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** What one step of a descent makes smaller. */
@FunctionalInterface
public interface Objective {

    /**
     * A scalar with gradients.
     *
     * @param batches one of each source of the descent, in their order
     */
    NDArray loss(Network network, List<Batch> batches);

    /** Mean cross-entropy on the first source. */
    static NDArray crossEntropy(Network network, List<Batch> batches) {
        return network.crossEntropy(batches.getFirst());
    }
}
