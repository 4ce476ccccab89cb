package io.expunge.schedule;

import io.expunge.api.NewSchedule;
import io.expunge.audit.Actor;
import io.expunge.shared.IdempotencyKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** The rows of schedule. */
@Repository
class ScheduleTable {

    private static final String COLUMNS =
            "id, controller_id, revision, body, paused, next_at, filed_until, request_fingerprint, controller_zone, created_by, list_by, created_at";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final JdbcClient jdbc;

    ScheduleTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A standing order.
     *
     * @param nextAt null while it is paused
     * @param body the order as it was left
     * @param filedUntil the last day whose expired records were filed
     * @param zone of the controller
     * @param listBy whoever brought the list of people
     */
    record Row(
            UUID id,
            UUID controllerId,
            int revision,
            String body,
            boolean paused,
            @Nullable Instant nextAt,
            @Nullable LocalDate filedUntil,
            byte @Nullable [] fingerprint,
            ZoneId zone,
            String createdBy,
            @Nullable String listBy,
            Instant createdAt) {

        /**
         * What was left.
         *
         * @throws tools.jackson.core.JacksonException if it was left under rules that are no more
         */
        NewSchedule order() {
            return JSON.readValue(body, NewSchedule.class);
        }
    }

    /** False if the name or the key is taken. */
    boolean insert(
            UUID id,
            UUID controller,
            NewSchedule order,
            @Nullable Instant nextAt,
            @Nullable IdempotencyKey key,
            Actor by,
            Instant at) {
        return jdbc.sql("""
                        insert into schedule (id, controller_id, revision, name, body, paused, next_at, idempotency_key,
                                              request_fingerprint, controller_zone, created_by, created_at)
                        values (:id, :controller, 0, :name, :body, :paused, :next, :key, :fingerprint, :zone, :by, :at)
                        on conflict do nothing
                        """)
                        .param("id", id)
                        .param("controller", controller)
                        .param("name", order.getName())
                        .param("body", JSON.writeValueAsString(order))
                        .param("paused", nextAt == null)
                        .param("next", stamp(nextAt), Types.TIMESTAMP_WITH_TIMEZONE)
                        .param("key", key == null ? null : key.value(), Types.VARCHAR)
                        .param("fingerprint", key == null ? null : key.fingerprint(), Types.BINARY)
                        .param("zone", by.zone().getId())
                        .param("by", by.name())
                        .param("at", Timestamp.from(at))
                        .update()
                == 1;
    }

    List<Row> list(UUID controller) {
        return jdbc.sql("select " + COLUMNS + " from schedule where controller_id = ? order by name")
                .param(controller)
                .query(this::row)
                .list();
    }

    Optional<Row> find(UUID controller, UUID id) {
        return jdbc.sql("select " + COLUMNS + " from schedule where id = ? and controller_id = ?")
                .params(id, controller)
                .query(this::row)
                .optional();
    }

    Optional<Row> find(UUID id) {
        return jdbc.sql("select " + COLUMNS + " from schedule where id = ?")
                .param(id)
                .query(this::row)
                .optional();
    }

    Optional<Row> findByKey(UUID controller, String key) {
        return jdbc.sql("select " + COLUMNS + " from schedule where controller_id = ? and idempotency_key = ?")
                .params(controller, key)
                .query(this::row)
                .optional();
    }

    boolean nameTaken(UUID controller, String name) {
        return jdbc.sql("select exists (select from schedule where controller_id = ? and name = ?)")
                .params(controller, name)
                .query(Boolean.class)
                .single();
    }

    /** Those whose time has come, held until the transaction ends. */
    List<Row> due(Instant now) {
        return jdbc.sql("select " + COLUMNS
                        + " from schedule where next_at <= ? order by next_at limit 100 for update skip locked")
                .param(Timestamp.from(now))
                .query(this::row)
                .list();
    }

    /** Null pauses it. */
    void next(UUID id, @Nullable Instant nextAt) {
        jdbc.sql("update schedule set next_at = :next, paused = :paused, revision = revision + 1" + " where id = :id")
                .param("next", stamp(nextAt), Types.TIMESTAMP_WITH_TIMEZONE)
                .param("paused", nextAt == null)
                .param("id", id)
                .update();
    }

    void listedBy(UUID id, String name) {
        jdbc.sql("update schedule set list_by = ? where id = ?")
                .params(name, id)
                .update();
    }

    void filedUntil(UUID id, LocalDate day) {
        jdbc.sql("update schedule set filed_until = greatest(filed_until, ?) where id = ?")
                .params(day, id)
                .update();
    }

    void delete(UUID id) {
        jdbc.sql("delete from schedule where id = ?").param(id).update();
    }

    private Row row(ResultSet row, int number) throws SQLException {
        var next = row.getTimestamp("next_at");
        return new Row(
                row.getObject("id", UUID.class),
                row.getObject("controller_id", UUID.class),
                row.getInt("revision"),
                row.getString("body"),
                row.getBoolean("paused"),
                next == null ? null : next.toInstant(),
                row.getObject("filed_until", LocalDate.class),
                row.getBytes("request_fingerprint"),
                ZoneId.of(row.getString("controller_zone")),
                row.getString("created_by"),
                row.getString("list_by"),
                row.getTimestamp("created_at").toInstant());
    }

    private static @Nullable OffsetDateTime stamp(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }
}
