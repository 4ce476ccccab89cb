package io.expunge.catalog;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a version learns from and is tested on.
 *
 * @param testDatasetId held-out data; null where a share of the data set is held out
 * @param testFraction share of the data set that is held out, whole people at a time; 0 with a test data set
 * @param splitSeed decides, with the fraction, which records are held out; the same over a lineage
 */
public record TrainingSource(UUID datasetId, @Nullable UUID testDatasetId, double testFraction, long splitSeed) {

    Holdout holdout() {
        return new Holdout(splitSeed, testDatasetId == null ? testFraction : 0);
    }
}
