package io.expunge.notify;

import io.expunge.audit.AuditEvent;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Endpoints and deliveries. */
@Component
class WebhookTable {

    private static final String COLUMNS =
            "id, controller_id, url, types, generation, rotated_at, enabled, failing_since, created_at";
    private static final String DELIVERY =
            "d.id, d.message_id, d.webhook_id, d.subject_id, d.type, d.body, d.state, d.attempts, d.next_at, d.status,"
                    + " d.error, d.created_at, d.delivered_at";

    /** One row for each event and each endpoint that wants it. */
    private static final String ENQUEUE = """
            insert into webhook_delivery
                (message_id, webhook_id, controller_id, subject_id, type, body, state, attempts, next_at, created_at)
            select 'msg_' || gen_random_uuid(), w.id, w.controller_id, e.subject, e.type, e.body, 'PENDING', 0, ?, ?
            from unnest(?::uuid[], ?::uuid[], ?::text[], ?::text[]) with ordinality
                as e (controller, subject, type, body, place)
            join webhook w on w.controller_id = e.controller and w.enabled
                and (cardinality(w.types) = 0 or e.type = any (w.types))
            order by e.place
            """;

    private final JdbcClient jdbc;
    private final JdbcTemplate template;

    WebhookTable(JdbcClient jdbc, JdbcTemplate template) {
        this.jdbc = jdbc;
        this.template = template;
    }

    /** @param types that it wants; all when empty */
    record Webhook(
            UUID id,
            UUID controller,
            String url,
            List<String> types,
            int generation,
            @Nullable Instant rotatedAt,
            boolean enabled,
            @Nullable Instant failingSince,
            Instant createdAt) {}

    record Delivery(
            long id,
            String messageId,
            UUID webhook,
            UUID subject,
            String type,
            String body,
            String state,
            int attempts,
            Instant nextAt,
            @Nullable Integer status,
            @Nullable String error,
            Instant createdAt,
            @Nullable Instant deliveredAt) {}

    void insert(Webhook one) {
        template.update(connection -> {
            var statement = connection.prepareStatement(
                    "insert into webhook (" + COLUMNS + ") values (?, ?, ?, ?, ?, null, true, null, ?)");
            statement.setObject(1, one.id());
            statement.setObject(2, one.controller());
            statement.setString(3, one.url());
            statement.setArray(4, connection.createArrayOf("text", one.types().toArray()));
            statement.setInt(5, one.generation());
            statement.setTimestamp(6, Timestamp.from(one.createdAt()));
            return statement;
        });
    }

    List<Webhook> all(UUID controller) {
        return jdbc.sql("select " + COLUMNS + " from webhook where controller_id = ? order by id desc")
                .param(controller)
                .query(WebhookTable::webhook)
                .list();
    }

    Optional<Webhook> find(UUID id) {
        return jdbc.sql("select " + COLUMNS + " from webhook where id = ?")
                .param(id)
                .query(WebhookTable::webhook)
                .optional();
    }

    void rotate(UUID id, Instant at) {
        jdbc.sql("update webhook set generation = generation + 1, rotated_at = ? where id = ?")
                .params(Timestamp.from(at), id)
                .update();
    }

    void enable(UUID id, boolean enabled) {
        jdbc.sql("update webhook set enabled = ?, failing_since = null where id = ?")
                .params(enabled, id)
                .update();
    }

    void delete(UUID id) {
        jdbc.sql("delete from webhook where id = ?").param(id).update();
    }

    void works(UUID id) {
        jdbc.sql("update webhook set failing_since = null where id = ? and failing_since is not null")
                .param(id)
                .update();
    }

    void fails(UUID id, Instant at) {
        jdbc.sql("update webhook set failing_since = ? where id = ? and failing_since is null")
                .params(Timestamp.from(at), id)
                .update();
    }

    /** @param bodies one for each event */
    void enqueue(Instant at, List<AuditEvent> events, Function<AuditEvent, String> bodies) {
        template.update(connection -> {
            var statement = connection.prepareStatement(ENQUEUE);
            statement.setTimestamp(1, Timestamp.from(at));
            statement.setTimestamp(2, Timestamp.from(at));
            statement.setArray(
                    3, column(connection, "uuid", events, event -> event.actor().controller()));
            statement.setArray(4, column(connection, "uuid", events, AuditEvent::subjectId));
            statement.setArray(5, column(connection, "text", events, AuditEvent::action));
            statement.setArray(6, column(connection, "text", events, bodies::apply));
            return statement;
        });
    }

    /** For one endpoint, whatever it wants. */
    void enqueue(Webhook webhook, UUID subject, String type, String body, Instant at) {
        jdbc.sql("""
                        insert into webhook_delivery
                            (message_id, webhook_id, controller_id, subject_id, type, body, state, attempts, next_at, created_at)
                        values ('msg_' || gen_random_uuid(), ?, ?, ?, ?, ?, 'PENDING', 0, ?, ?)
                        """)
                .params(webhook.id(), webhook.controller(), subject, type, body, Timestamp.from(at), Timestamp.from(at))
                .update();
    }

    private static Array column(
            Connection connection, String type, List<AuditEvent> events, Function<AuditEvent, Object> value)
            throws SQLException {
        return connection.createArrayOf(type, events.stream().map(value).toArray());
    }

    /** Those whose time has come, of each endpoint and subject only the first that is not delivered. */
    List<Delivery> due(Instant now, int limit) {
        return jdbc.sql("select " + DELIVERY + """
                         from webhook_delivery d join webhook w on w.id = d.webhook_id and w.enabled
                        where d.state = 'PENDING' and d.next_at <= ?
                          and not exists (select from webhook_delivery e
                              where e.webhook_id = d.webhook_id and e.subject_id = d.subject_id
                                and e.state = 'PENDING' and e.id < d.id)
                        order by d.next_at, d.id limit ?
                        """)
                .params(Timestamp.from(now), limit)
                .query(WebhookTable::delivery)
                .list();
    }

    void delivered(long id, int status, Instant at) {
        jdbc.sql("""
                        update webhook_delivery set state = 'DELIVERED', attempts = attempts + 1, status = ?, error = null,
                            delivered_at = ? where id = ?
                        """).params(status, Timestamp.from(at), id).update();
    }

    /** @param next when it is tried again; null when it never is */
    void failed(long id, @Nullable Integer status, @Nullable String error, @Nullable Instant next) {
        jdbc.sql("""
                        update webhook_delivery set state = case when cast(:next as timestamptz) is null then 'FAILED'
                                else 'PENDING' end,
                            attempts = attempts + 1, status = :status, error = :error,
                            next_at = coalesce(cast(:next as timestamptz), next_at)
                        where id = :id
                        """)
                .param("next", next == null ? null : Timestamp.from(next), java.sql.Types.TIMESTAMP)
                .param("status", status, java.sql.Types.INTEGER)
                .param("error", error, java.sql.Types.VARCHAR)
                .param("id", id)
                .update();
    }

    /** Once more from the beginning; false if it is not of that endpoint. */
    boolean replay(UUID webhook, long id, Instant at) {
        return jdbc.sql("""
                        update webhook_delivery set state = 'PENDING', attempts = 0, next_at = ?, status = null,
                            error = null, delivered_at = null
                        where id = ? and webhook_id = ?
                        """).params(Timestamp.from(at), id, webhook).update() == 1;
    }

    List<Delivery> deliveries(UUID webhook, long before, int limit) {
        return jdbc.sql("select " + DELIVERY
                        + " from webhook_delivery d where d.webhook_id = ? and d.id < ? order by d.id desc limit ?")
                .params(webhook, before, limit)
                .query(WebhookTable::delivery)
                .list();
    }

    private static Webhook webhook(ResultSet row, int ignored) throws SQLException {
        return new Webhook(
                row.getObject(1, UUID.class),
                row.getObject(2, UUID.class),
                row.getString(3),
                Arrays.asList((String[]) row.getArray(4).getArray()),
                row.getInt(5),
                at(row, 6),
                row.getBoolean(7),
                at(row, 8),
                row.getTimestamp(9).toInstant());
    }

    private static Delivery delivery(ResultSet row, int ignored) throws SQLException {
        return new Delivery(
                row.getLong(1),
                row.getString(2),
                row.getObject(3, UUID.class),
                row.getObject(4, UUID.class),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getInt(8),
                row.getTimestamp(9).toInstant(),
                row.getObject(10, Integer.class),
                row.getString(11),
                row.getTimestamp(12).toInstant(),
                at(row, 13));
    }

    private static @Nullable Instant at(ResultSet row, int column) throws SQLException {
        var stamp = row.getTimestamp(column);
        return stamp == null ? null : stamp.toInstant();
    }
}
