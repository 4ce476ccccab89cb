package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;

/** An unlearning algorithm with its hyper-parameters. The permits clause is the registry of what a run can apply. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "name")
public sealed interface Method
        permits ExactRetraining,
                FineTuning,
                GradientAscent,
                NegativeGradientPlus,
                RandomLabels,
                L1Sparse,
                PruneThenUnlearn {

    /**
     * Edits the task's network in place.
     *
     * @throws io.expunge.engine.Stopped if the task's monitor asks for it
     * @throws io.expunge.engine.Diverged if the loss is no longer a finite number
     */
    void apply(Task task);

    /** The name under which this method stands in JSON. */
    default String name() {
        return getClass().getAnnotation(JsonTypeName.class).value();
    }
}
