package io.expunge.run;

import io.expunge.engine.Network;
import io.expunge.method.Teacher;
import java.util.Optional;
import java.util.function.Function;

/**
 * What teaches a method: prepared once, for any number of networks that were trained on the records of a version.
 *
 * @param predicted targets of a network that learned everything, where something predicts them
 * @param retrained what retrained networks say, where there are any
 */
record Lesson(Optional<Function<Network, Teacher>> predicted, Optional<Teacher> retrained) {

    static final Lesson NONE = new Lesson(Optional.empty(), Optional.empty());

    static Lesson predicting(Function<Network, Teacher> predicted) {
        return new Lesson(Optional.of(predicted), Optional.empty());
    }

    static Lesson retrained(Teacher teacher) {
        return new Lesson(Optional.empty(), Optional.of(teacher));
    }
}
