package io.expunge.catalog;

import io.expunge.engine.Recipe;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A version as other modules see it.
 *
 * @param digest hex SHA-256 over the digests of its files; null while weights are awaited
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
        TrainingSource source,
        Recipe recipe,
        long seed,
        long forgotten,
        Map<String, Double> metrics,
        Instant createdAt,
        @Nullable Instant publishedAt) {

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
