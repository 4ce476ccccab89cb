package io.expunge.metric;

import io.expunge.engine.Examples;

/**
 * The records that networks are asked about.
 *
 * @param forget what was to be forgotten, labelled as it was learned
 * @param retain the rest of what the parent learned from
 * @param test records that no network saw, drawn as the training records were
 */
public record EvaluationSets(Examples forget, Examples retain, Examples test) {

    public EvaluationSets {
        if (forget.size() == 0 || retain.size() == 0 || test.size() == 0) {
            throw new IllegalArgumentException("a battery needs forgotten, retained and test records but has "
                    + forget.size() + ", " + retain.size() + " and " + test.size());
        }
    }
}
