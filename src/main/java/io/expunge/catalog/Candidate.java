package io.expunge.catalog;

import io.expunge.engine.Recipe;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Weights that somebody made and nobody has judged yet.
 *
 * @param parentId the version that was edited; null for a training
 * @param runId the run that made it; a run has at most one candidate at a time
 * @param weights safetensors file
 * @param rewind weights of an early epoch, for methods that begin there again
 * @param forgotten records that it no longer learned from, beside those that its parent did not
 */
public record Candidate(
        UUID modelId,
        @Nullable UUID parentId,
        UUID runId,
        VersionView.Origin origin,
        TrainingSource source,
        Recipe recipe,
        long seed,
        Path weights,
        @Nullable Path rewind,
        List<RecordRef> forgotten) {}
