package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;

/** An unlearning algorithm with its hyper-parameters. What permits clauses name is what a run can apply. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "name")
public sealed interface Method permits NetworkMethod, LanguageMethod {

    /** The name under which this method stands in JSON. */
    default String name() {
        return getClass().getAnnotation(JsonTypeName.class).value();
    }
}
