package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Architecture;
import io.expunge.engine.LanguageArchitecture;
import io.expunge.engine.NetworkArchitecture;
import java.util.Set;
import java.util.UUID;

/** An unlearning algorithm with its hyper-parameters. What permits clauses name is what a run can apply. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "name")
public sealed interface Method permits NetworkMethod, LanguageMethod {

    /** Whether it is for models of this architecture. */
    default boolean edits(Architecture architecture) {
        return switch (architecture) {
            case NetworkArchitecture ignored -> this instanceof NetworkMethod;
            case LanguageArchitecture ignored -> this instanceof LanguageMethod;
        };
    }

    /** Data sets that it reads beside the version's own. */
    default Set<UUID> datasets() {
        return Set.of();
    }

    /** The name under which this method stands in JSON. */
    default String name() {
        return getClass().getAnnotation(JsonTypeName.class).value();
    }
}
