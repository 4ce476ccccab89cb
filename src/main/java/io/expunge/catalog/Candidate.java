package io.expunge.catalog;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Weights that somebody made and nobody has judged yet.
 *
 * @param parentId the version that was edited; null for a training
 * @param runId the run that made it; a run has at most one candidate at a time
 * @param address of the files, stored beforehand
 * @param forgotten records that it no longer learned from, beside those that its parent did not
 */
public record Candidate(
        UUID modelId,
        @Nullable UUID parentId,
        UUID runId,
        VersionView.Origin origin,
        Training training,
        byte[] address,
        List<RecordRef> forgotten) {}
