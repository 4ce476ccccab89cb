package io.expunge.method;

/** An unlearning algorithm for language models. */
public sealed interface LanguageMethod extends Method
        permits ExactRetraining,
                LanguageAscent,
                WeightedAscent,
                NegativePreference,
                SimpleNegativePreference,
                RefusalPreference,
                RefusalTuning,
                Misdirection,
                SelfDistillation,
                AutomaticPreference {

    /**
     * Edits the task's model in place.
     *
     * @throws io.expunge.engine.Stopped if the task's monitor asks for it
     * @throws io.expunge.engine.Diverged if the loss is no longer a finite number
     */
    void apply(LanguageTask task);
}
