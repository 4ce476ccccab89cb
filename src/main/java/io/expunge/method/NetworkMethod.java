package io.expunge.method;

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
                OracleMatching {

    /**
     * Edits the task's network in place.
     *
     * @throws io.expunge.engine.Stopped if the task's monitor asks for it
     * @throws io.expunge.engine.Diverged if the loss is no longer a finite number
     */
    void apply(Task task);
}
