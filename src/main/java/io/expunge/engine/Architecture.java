package io.expunge.engine;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;

/** How a network is built; its JSON form is a model's {@code config.json}. The permits clause is the registry. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "name")
public sealed interface Architecture permits Mlp, SmallCnn, ResNet9, ResNet18 {

    /** How many classes the network tells apart, at least 2. */
    int classes();

    /** Shape of one example, without the batch axis. */
    long[] inputShape();

    /** The name under which this architecture stands in JSON. */
    default String name() {
        return getClass().getAnnotation(JsonTypeName.class).value();
    }
}
