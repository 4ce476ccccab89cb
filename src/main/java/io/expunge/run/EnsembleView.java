package io.expunge.run;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * An ensemble as other modules see it.
 *
 * @param id that of its run
 * @param version whose records its members learned from
 * @param requestIds whose records no member learned from
 * @param members how many were ordered
 * @param present how many there are
 * @param reused those of them that existed before
 * @param knowingForgotten those of them that learned from a record that the model has forgotten since
 * @param bytes on disk, members that other ensembles have, too, among them
 * @param membersPerMinute since its work was shared out last; 0 while nothing was measured
 */
public record EnsembleView(
        UUID id,
        UUID controller,
        UUID modelId,
        UUID version,
        EnsembleKind kind,
        long seed,
        List<UUID> requestIds,
        int members,
        int present,
        int reused,
        int knowingForgotten,
        long bytes,
        double membersPerMinute,
        RunState state,
        Instant createdAt) {}
