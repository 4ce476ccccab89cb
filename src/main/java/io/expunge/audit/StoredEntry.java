package io.expunge.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An entry as it lies in the database.
 *
 * @param index place in the chain; null until it is sequenced
 * @param hash of its link; null until it is sequenced
 */
record StoredEntry(
        UUID id,
        UUID controller,
        Instant at,
        String actor,
        String action,
        String subjectType,
        UUID subjectId,
        String details,
        @Nullable Long index,
        byte @Nullable [] hash) {

    static final String COLUMNS =
            "e.id, e.controller_id, e.at, e.actor, e.action, e.subject_type, e.subject_id, e.details, l.index, l.hash";

    static StoredEntry read(ResultSet row, int ignored) throws SQLException {
        return new StoredEntry(
                row.getObject(1, UUID.class),
                row.getObject(2, UUID.class),
                row.getObject(3, OffsetDateTime.class).toInstant(),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getObject(7, UUID.class),
                row.getString(8),
                row.getObject(9, Long.class),
                row.getBytes(10));
    }
}
