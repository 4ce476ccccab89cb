package io.expunge.metric;

import org.jspecify.annotations.Nullable;

/**
 * What one network answers to everything the battery asks it.
 *
 * @param forget outputs on the forgotten records
 * @param retain outputs on the records that stay
 * @param test outputs on held-out records
 * @param forgetFeatures activations before the last layer on the forgotten records
 * @param testFeatures likewise on the held-out records
 * @param relearned what a copy answers after relearning half of the forgotten records; null where there are too few
 */
public record Answers(
        Outputs forget,
        Outputs retain,
        Outputs test,
        Features forgetFeatures,
        Features testFeatures,
        @Nullable Relearned relearned) {

    /**
     * After relearning one half.
     *
     * @param forget outputs on the other half
     * @param test outputs on the held-out records
     */
    public record Relearned(Outputs forget, Outputs test) {}
}
