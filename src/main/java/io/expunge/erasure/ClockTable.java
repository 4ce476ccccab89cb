package io.expunge.erasure;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Keeps what was decided on deadlines; most requests have no row. */
@Component
class ClockTable {

    private final JdbcClient jdbc;

    ClockTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    ClockEntry find(UUID request) {
        return jdbc.sql("""
                        select request_id, acknowledged_at, first_due_at, extended_at, extension_reason, notified_at,
                               hold_ground, held_at, refusal_ground, refused_at
                        from erasure_clock where request_id = ?
                        """)
                .param(request)
                .query(ClockTable::read)
                .optional()
                .orElseGet(() -> ClockEntry.none(request));
    }

    void save(UUID controller, ClockEntry entry) {
        jdbc.sql("""
                        insert into erasure_clock (request_id, controller_id, acknowledged_at, first_due_at, extended_at,
                            extension_reason, notified_at, hold_ground, held_at, refusal_ground, refused_at)
                        values (:request, :controller, :acknowledged, :firstDue, :extended, :reason, :notified, :hold,
                            :held, :refusal, :refused)
                        on conflict (request_id) do update set acknowledged_at = excluded.acknowledged_at,
                            first_due_at = excluded.first_due_at, extended_at = excluded.extended_at,
                            extension_reason = excluded.extension_reason, notified_at = excluded.notified_at,
                            hold_ground = excluded.hold_ground, held_at = excluded.held_at,
                            refusal_ground = excluded.refusal_ground, refused_at = excluded.refused_at
                        """)
                .param("request", entry.requestId())
                .param("controller", controller)
                .param("acknowledged", at(entry.acknowledgedAt()), Types.TIMESTAMP)
                .param("firstDue", at(entry.firstDueAt()), Types.TIMESTAMP)
                .param("extended", at(entry.extendedAt()), Types.TIMESTAMP)
                .param("reason", entry.extensionReason(), Types.VARCHAR)
                .param("notified", at(entry.notifiedAt()), Types.TIMESTAMP)
                .param("hold", entry.holdGround(), Types.VARCHAR)
                .param("held", at(entry.heldAt()), Types.TIMESTAMP)
                .param("refusal", entry.refusalGround(), Types.VARCHAR)
                .param("refused", at(entry.refusedAt()), Types.TIMESTAMP)
                .update();
    }

    /** Those that must not be carried out now. */
    Set<UUID> held(Collection<UUID> requests) {
        return Set.copyOf(
                jdbc.sql("select request_id from erasure_clock where request_id = any (?) and hold_ground is not null")
                        .param(requests.toArray(UUID[]::new))
                        .query(UUID.class)
                        .list());
    }

    List<Deadline> deadlines(UUID controller) {
        return jdbc.sql("""
                        select r.id, r.due_at, c.hold_ground is not null, r.state = 'ATTENTION',
                               coalesce(array_agg(t.model_id) filter (where t.state = 'WAITING'), '{}'),
                               coalesce(array_agg(t.run_id) filter (where t.state = 'IN_RUN'), '{}')
                        from erasure_request r
                        left join erasure_clock c on c.request_id = r.id
                        left join erasure_target t on t.request_id = r.id
                        where r.controller_id = ? and r.state in ('RECEIVED', 'RESOLVED', 'IN_PROGRESS', 'ATTENTION')
                        group by r.id, r.due_at, c.hold_ground, r.state order by r.due_at, r.id
                        """)
                .param(controller)
                .query((row, i) -> new Deadline(
                        row.getObject(1, UUID.class),
                        row.getTimestamp(2).toInstant(),
                        row.getBoolean(3),
                        row.getBoolean(4),
                        List.of((UUID[]) row.getArray(5).getArray()),
                        List.of((UUID[]) row.getArray(6).getArray())))
                .list();
    }

    private static @Nullable Timestamp at(@Nullable Instant instant) {
        return instant == null ? null : Timestamp.from(instant);
    }

    private static ClockEntry read(ResultSet row, int ignored) throws SQLException {
        return new ClockEntry(
                row.getObject(1, UUID.class),
                at(row, 2),
                at(row, 3),
                at(row, 4),
                row.getString(5),
                at(row, 6),
                row.getString(7),
                at(row, 8),
                row.getString(9),
                at(row, 10));
    }

    private static @Nullable Instant at(ResultSet row, int column) throws SQLException {
        var stamp = row.getTimestamp(column);
        return stamp == null ? null : stamp.toInstant();
    }
}
