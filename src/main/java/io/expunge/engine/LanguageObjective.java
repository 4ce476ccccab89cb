package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** What one step of a language model's descent makes smaller. */
@FunctionalInterface
public interface LanguageObjective {

    /**
     * A scalar with gradients. A step may be computed in parts whose losses are added up, so every mean is weighed with
     * the part's share of the step.
     *
     * @param batches one of each source of the descent, in their order
     */
    NDArray loss(LanguageModel model, List<SequenceBatch> batches);

    /** Mean cross-entropy over the tokens to be predicted of the first source. */
    static NDArray crossEntropy(LanguageModel model, List<SequenceBatch> batches) {
        return model.crossEntropy(batches.getFirst());
    }
}
