package io.expunge.engine;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;

/** How a model is built. What permits clauses name is what can be trained and edited. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "name")
public sealed interface Architecture permits NetworkArchitecture, LanguageArchitecture {

    /** The name under which this architecture stands in JSON. */
    default String name() {
        return getClass().getAnnotation(JsonTypeName.class).value();
    }
}
