package io.expunge.catalog;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * To whom a version was given.
 *
 * @param name of a system or a company, never of a person
 * @param endedAt when the recipient no longer had it; null while it has
 */
public record RecipientView(
        UUID id,
        UUID controller,
        UUID versionId,
        String name,
        Kind kind,
        Instant createdAt,
        @Nullable Instant endedAt) {

    /** What the recipient is. */
    public enum Kind {
        /** A system of the controller's own that serves the version. */
        DEPLOYMENT,
        /** Files that were taken elsewhere. */
        COPY,
        /** Another company that works for the controller. */
        PROCESSOR,
        /** Another company that decides for itself what it does with the version. */
        CONTROLLER
    }
}
