package io.expunge.run;

import io.expunge.audit.Actor;
import io.expunge.method.Method;
import io.expunge.shared.IdempotencyKey;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What somebody, or the planner, asks for.
 *
 * @param requestIds erasure requests that the run is for; all that wait for the model when empty
 */
public record UnlearningOrder(
        Actor by,
        UUID modelId,
        List<UUID> requestIds,
        Method method,
        @Nullable IdempotencyKey key) {}
