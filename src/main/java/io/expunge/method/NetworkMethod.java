package io.expunge.method;

import io.expunge.engine.NetworkArchitecture;

/** An unlearning algorithm for classifiers. */
public sealed interface NetworkMethod extends Method
        permits ExactRetraining,
                FineTuning,
                GradientAscent,
                GradientDifference,
                NegativeGradientPlus,
                RandomLabels,
                L1Sparse,
                PruneThenUnlearn,
                Scrub,
                DatamodelMatching,
                OracleMatching,
                CurvatureEdit,
                SingularValueTruncation {

    /**
     * Edits the task's network in place.
     *
     * @throws io.expunge.engine.Stopped if the task's monitor asks for it
     * @throws io.expunge.engine.Diverged if the loss is no longer a finite number
     */
    void apply(Task task);

    /**
     * Passes where the method can edit a network of this shape.
     *
     * @throws io.expunge.engine.ModelRefused naming the hyper-parameter that does not fit
     */
    default void requireFit(NetworkArchitecture architecture) {}
}
