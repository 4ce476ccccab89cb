package io.expunge.lab;

import io.expunge.engine.Seeds;
import java.util.SplittableRandom;

/**
 * Records to forget and to keep, drawn as in §4 and appendix D of the NPO paper: two logistic tasks that contradict each
 * other and share one small model.
 *
 * @param forget 200 records, x ~ N(α·1, I), labels by slope 1 and intercept 1
 * @param retain 1,000 records, x ~ N(−α·1, I), labels by slope −1 and intercept −1
 * @param refusals the records to forget with labels drawn evenly, which are this problem's "I don't know"
 * @param unseenForget 1,000 fresh records like those to forget, which distances are measured on
 * @param unseenRetain 1,000 fresh records like those to keep
 */
record SyntheticProblem(
        RandomFeatures forget,
        RandomFeatures retain,
        RandomFeatures refusals,
        RandomFeatures unseenForget,
        RandomFeatures unseenRetain) {

    static final int FEATURES = 128;

    private static final int DIMENSIONS = 16;
    private static final int FORGET = 200;
    private static final int RETAIN = 1000;
    private static final int UNSEEN = 1000;

    /**
     * Draws one problem with weights W of its own, entries N(0, 1/d).
     *
     * @param alpha half the distance of the two means along every axis
     */
    static SyntheticProblem draw(double alpha, long seed) {
        var random = new SplittableRandom(Seeds.derive(seed, 0));
        var weights = new double[FEATURES][DIMENSIONS];
        for (var row : weights) {
            for (int j = 0; j < DIMENSIONS; j++) {
                row[j] = random.nextGaussian() / Math.sqrt(DIMENSIONS);
            }
        }
        var forgetting = new RandomFeatures.Source(alpha, 1, 1);
        var keeping = new RandomFeatures.Source(-alpha, -1, -1);
        var forget = forgetting.draw(FORGET, weights, random);
        var retain = keeping.draw(RETAIN, weights, random);
        var even = new boolean[FORGET];
        for (int i = 0; i < FORGET; i++) {
            even[i] = random.nextBoolean();
        }
        return new SyntheticProblem(
                forget,
                retain,
                forget.labelled(even),
                forgetting.draw(UNSEEN, weights, random),
                keeping.draw(UNSEEN, weights, random));
    }
}
