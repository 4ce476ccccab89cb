package io.expunge.metric;

import java.util.List;

/**
 * What one network answers to everything the battery asks it.
 *
 * @param forget outputs on the forgotten records
 * @param retain outputs on the records that stay
 * @param test outputs on held-out records
 * @param forgetFeatures activations before the last layer on the forgotten records
 * @param testFeatures likewise on the held-out records
 * @param relearning outputs on the second half of the forgotten records, after each of some steps on the first half;
 *     empty where there are too few
 */
public record Answers(
        Outputs forget,
        Outputs retain,
        Outputs test,
        Features forgetFeatures,
        Features testFeatures,
        List<Outputs> relearning) {

    public Answers {
        relearning = List.copyOf(relearning);
    }
}
