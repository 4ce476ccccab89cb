package io.expunge.audit;

import io.expunge.shared.Ids;
import io.expunge.shared.Page;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/**
 * The append-only record of what was done. An entry is in the transaction of what it tells of: both are there or neither.
 * Soon after, {@link #sequence} gives it a place in one chain of hashes, without writers ever waiting for one another.
 */
@Service
public class AuditLog {

    /** Key of the advisory lock that one sequencer holds at a time. */
    private static final long SEQUENCER = 0x657870756E676521L;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final String INSERT = """
            with entry as (
                insert into audit_entry (id, controller_id, at, actor, action, subject_type, subject_id, details)
                select e.id, e.controller, ?, e.actor, e.action, e.subject_type, e.subject_id, e.details
                from unnest(?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::text[], ?::uuid[], ?::text[])
                    as e (id, controller, actor, action, subject_type, subject_id, details)
                returning id
            )
            insert into audit_pending select id from entry
            """;

    private final JdbcClient jdbc;
    private final JdbcTemplate template;
    private final TreeStore tree;
    private final ApplicationEventPublisher news;
    private final Clock clock;

    public AuditLog(JdbcClient jdbc, JdbcTemplate template, ApplicationEventPublisher news, Clock clock) {
        this.jdbc = jdbc;
        this.template = template;
        this.tree = new TreeStore(jdbc);
        this.news = news;
        this.clock = clock;
    }

    /** Appends one entry; see {@link AuditEvent} for what may stand in it. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void append(Actor actor, String action, String subjectType, UUID subjectId, Map<String, ?> details) {
        appendAll(List.of(new AuditEvent(actor, action, subjectType, subjectId, details)));
    }

    /** Appends entries that belong together, in one round trip. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void appendAll(List<AuditEvent> events) {
        // the database keeps microseconds; what is hashed must be what is read back
        var now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        template.update(connection -> {
            var statement = connection.prepareStatement(INSERT);
            statement.setObject(1, OffsetDateTime.ofInstant(now, ZoneOffset.UTC));
            statement.setArray(2, column(connection, "uuid", events, event -> Ids.next()));
            statement.setArray(
                    3, column(connection, "uuid", events, event -> event.actor().controller()));
            statement.setArray(
                    4, column(connection, "text", events, event -> event.actor().name()));
            statement.setArray(5, column(connection, "text", events, AuditEvent::action));
            statement.setArray(6, column(connection, "text", events, AuditEvent::subjectType));
            statement.setArray(7, column(connection, "uuid", events, AuditEvent::subjectId));
            statement.setArray(
                    8,
                    column(
                            connection,
                            "text",
                            events,
                            event -> JSON.writeValueAsString(new TreeMap<>(event.details()))));
            return statement;
        });
        news.publishEvent(new AuditAppended(now, List.copyOf(events)));
    }

    private static Array column(
            Connection connection, String type, List<AuditEvent> events, Function<AuditEvent, Object> value)
            throws SQLException {
        return connection.createArrayOf(type, events.stream().map(value).toArray());
    }

    /**
     * Chains entries whose transactions have committed, in order of their ids, and appends them to the tree.
     *
     * @return how many; 0 when none waits or another process is at it
     */
    @Transactional
    public int sequence(int limit) {
        boolean mine = jdbc.sql("select pg_try_advisory_xact_lock(?)")
                .param(SEQUENCER)
                .query(Boolean.class)
                .single();
        if (!mine) {
            return 0;
        }
        var waiting = jdbc.sql("select " + StoredEntry.COLUMNS + """
                         from audit_pending p join audit_entry e on e.id = p.entry_id
                        left join audit_link l on false order by e.id limit ?
                        """)
                .param(limit)
                .query(StoredEntry::read)
                .list();
        if (waiting.isEmpty()) {
            return 0;
        }
        var head = jdbc.sql("select index, hash from audit_link order by index desc limit 1")
                .query((row, i) -> new Head(row.getLong(1), row.getBytes(2)))
                .optional()
                .orElse(new Head(-1, Canonical.GENESIS));
        long first = head.index() + 1;
        var ids = waiting.stream().map(StoredEntry::id).toArray(UUID[]::new);
        var hashes = new byte[waiting.size()][];
        var leaves = new ArrayList<byte[]>();
        for (int i = 0; i < hashes.length; i++) {
            var bytes = Canonical.bytes(first + i, waiting.get(i));
            head = new Head(first + i, Canonical.hash(head.hash(), bytes));
            hashes[i] = head.hash();
            leaves.add(Merkle.leaf(bytes));
        }
        tree.append(first, leaves);
        jdbc.sql("""
                        insert into audit_link (index, entry_id, hash)
                        select :first + l.place - 1, l.entry_id, l.hash
                        from unnest(:ids::uuid[], :hashes::bytea[]) with ordinality as l (entry_id, hash, place)
                        """)
                .param("first", first)
                .param("ids", ids)
                .param("hashes", hashes)
                .update();
        jdbc.sql("delete from audit_pending where entry_id = any (?)")
                .param(ids)
                .update();
        return waiting.size();
    }

    private record Head(long index, byte[] hash) {}

    /** Entries of the caller's controller, newest first. */
    @PreAuthorize("hasAnyRole('AUDITOR', 'PRIVACY_OFFICER', 'ADMIN')")
    @Transactional(readOnly = true)
    Page<StoredEntry> list(@Nullable UUID subject, @Nullable String cursor, @Nullable Integer asked) {
        int limit = Page.limit(asked);
        var before = Page.before(cursor);
        var rows = jdbc.sql("select " + StoredEntry.COLUMNS + """
                         from audit_entry e left join audit_link l on l.entry_id = e.id
                        where e.controller_id = :controller
                          and (cast(:subject as uuid) is null or e.subject_id = :subject)
                          and (cast(:before as uuid) is null or e.id < :before)
                        order by e.id desc limit :limit
                        """)
                .param("controller", Actor.current().controller())
                .param("subject", subject, java.sql.Types.OTHER)
                .param("before", before, java.sql.Types.OTHER)
                .param("limit", limit + 1)
                .query(StoredEntry::read)
                .list();
        return Page.of(rows, limit, StoredEntry::id);
    }
}
