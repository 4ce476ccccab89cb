package io.expunge.run;

import io.expunge.catalog.RecordRef;
import io.expunge.method.Method;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A run as other modules see it.
 *
 * @param starter name of the actor who asked for it
 * @param submitters names of those who filed its requests
 * @param forget records that it is to make the model forget
 * @param mining how a run for nobody's request finds what the version recites; null for others
 * @param editSeconds time that its edit has taken so far
 */
public record RunView(
        UUID id,
        UUID controller,
        UUID modelId,
        RunPurpose purpose,
        RunState state,
        Stage stage,
        int attempt,
        String starter,
        Set<String> submitters,
        @Nullable Method method,
        @Nullable UUID parentVersionId,
        @Nullable UUID candidateVersionId,
        List<UUID> requestIds,
        List<RecordRef> forget,
        @Nullable Instant dueAt,
        @Nullable Mining mining,
        double editSeconds) {}
