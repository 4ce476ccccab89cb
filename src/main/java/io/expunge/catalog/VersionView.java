package io.expunge.catalog;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A version as other modules see it.
 *
 * @param digest hex SHA-256 over the digests of its files; null while weights are awaited
 * @param training null where it learned from none of the controller's data sets
 * @param erasedAt when its files were erased; null while it has them
 * @param forgotten how many records of the data set it no longer learned from
 */
public record VersionView(
        UUID id,
        UUID modelId,
        UUID controller,
        int number,
        State state,
        Origin origin,
        @Nullable UUID parentId,
        @Nullable UUID runId,
        @Nullable String digest,
        @Nullable Training training,
        long forgotten,
        Map<String, Double> metrics,
        Instant createdAt,
        @Nullable Instant publishedAt,
        @Nullable Instant erasedAt) {

    /** How it was trained, which is asked only of versions that learned from a data set. */
    public Training trained() {
        if (training == null) {
            throw new IllegalStateException("version " + id + " learned from no data set");
        }
        return training;
    }

    /** Where a version stands; its weights never change. */
    public enum State {
        AWAITING_WEIGHTS,
        CANDIDATE,
        PUBLISHED,
        REJECTED,
        WITHDRAWN
    }

    /** Where the weights come from. */
    public enum Origin {
        TRAINED,
        IMPORTED,
        UNLEARNED
    }
}
