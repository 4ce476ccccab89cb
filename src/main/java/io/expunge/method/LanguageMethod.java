package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;

/** An unlearning algorithm for language models with its hyper-parameters. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "name")
public sealed interface LanguageMethod
        permits LanguageAscent,
                WeightedAscent,
                NegativePreference,
                SimpleNegativePreference,
                RefusalPreference,
                RefusalTuning,
                Misdirection,
                SelfDistillation {

    /**
     * Edits the task's model in place.
     *
     * @throws io.expunge.engine.Stopped if the task's monitor asks for it
     * @throws io.expunge.engine.Diverged if the loss is no longer a finite number
     */
    void apply(LanguageTask task);

    /** The name under which this method stands in JSON. */
    default String name() {
        return getClass().getAnnotation(JsonTypeName.class).value();
    }
}
