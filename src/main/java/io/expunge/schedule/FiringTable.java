package io.expunge.schedule;

import io.expunge.api.Firing;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The rows of firing: each time that a standing order was carried out. */
@Repository
class FiringTable {

    private static final String COLUMNS =
            "id, schedule_id, due_at, by_hand, attempts, ended_at, outcome, reason, records, requests, runs";

    private final JdbcClient jdbc;
    private final JdbcTemplate template;

    FiringTable(JdbcClient jdbc, JdbcTemplate template) {
        this.jdbc = jdbc;
        this.template = template;
    }

    /** How it ended. */
    enum Outcome {
        DONE,
        NOTHING,
        SKIPPED,
        FAILED
    }

    /** One that is still to be done. */
    record Open(
            UUID id,
            UUID scheduleId,
            Instant dueAt,
            @Nullable String byHand,
            int attempts) {}

    /** What came of one. */
    record Done(Outcome outcome, @Nullable String reason, long records, List<UUID> requests, List<UUID> runs) {

        static Done failed(String reason) {
            return new Done(Outcome.FAILED, reason, 0, List.of(), List.of());
        }
    }

    void insert(UUID id, UUID schedule, Instant dueAt, @Nullable String byHand) {
        jdbc.sql("""
                        insert into firing (id, schedule_id, due_at, by_hand, attempts, records, requests, runs)
                        values (:id, :schedule, :due, :by, 0, 0, '{}', '{}')
                        """)
                .param("id", id)
                .param("schedule", schedule)
                .param("due", Timestamp.from(dueAt))
                .param("by", byHand, Types.VARCHAR)
                .update();
    }

    List<Open> open() {
        return jdbc.sql(
                        "select id, schedule_id, due_at, by_hand, attempts from firing where ended_at is null order by id limit 100")
                .query((row, i) -> new Open(
                        row.getObject(1, UUID.class),
                        row.getObject(2, UUID.class),
                        row.getTimestamp(3).toInstant(),
                        row.getString(4),
                        row.getInt(5)))
                .list();
    }

    /** Whether one of it is still to be done. */
    boolean waits(UUID schedule) {
        return jdbc.sql("select exists (select from firing where schedule_id = ? and ended_at is null)")
                .param(schedule)
                .query(Boolean.class)
                .single();
    }

    void tried(UUID id) {
        jdbc.sql("update firing set attempts = attempts + 1 where id = ?")
                .param(id)
                .update();
    }

    /** Notes a run in the transaction that orders it, so that none is missing if the process ends before the firing does. */
    void ordered(UUID id, UUID run) {
        jdbc.sql("update firing set runs = array_append(runs, :run) where id = :id and not (:run = any (runs))")
                .param("run", run)
                .param("id", id)
                .update();
    }

    /** Runs that were ordered so far. */
    List<UUID> runs(UUID id) {
        return jdbc.sql("select unnest(runs) from firing where id = ?")
                .param(id)
                .query((row, i) -> row.getObject(1, UUID.class))
                .list();
    }

    void end(UUID id, Done done, Instant at) {
        template.update(connection -> {
            var statement = connection.prepareStatement("""
                    update firing set ended_at = ?, outcome = ?, reason = ?, records = ?, requests = ?, runs = ? where id = ?
                    """);
            statement.setTimestamp(1, Timestamp.from(at));
            statement.setString(2, done.outcome().name());
            statement.setString(3, done.reason());
            statement.setLong(4, done.records());
            statement.setArray(
                    5, connection.createArrayOf("uuid", done.requests().toArray()));
            statement.setArray(6, connection.createArrayOf("uuid", done.runs().toArray()));
            statement.setObject(7, id);
            return statement;
        });
    }

    Optional<Firing> find(UUID id) {
        return jdbc.sql("select " + COLUMNS + " from firing where id = ?")
                .param(id)
                .query(FiringTable::view)
                .optional();
    }

    /** Newest first. */
    List<Firing> page(UUID schedule, @Nullable UUID before, int limit) {
        return jdbc.sql("select " + COLUMNS + " from firing where schedule_id = :schedule"
                        + " and (:before::uuid is null or id < :before::uuid) order by id desc limit :limit")
                .param("schedule", schedule)
                .param("before", before, Types.OTHER)
                .param("limit", limit)
                .query(FiringTable::view)
                .list();
    }

    /** The newest of each of these. */
    Map<UUID, Firing> last(Collection<UUID> schedules) {
        record Owned(UUID schedule, Firing firing) {}
        return jdbc
                .sql("select f.* from unnest(?::uuid[]) s (owner) cross join lateral (select " + COLUMNS
                        + " from firing where schedule_id = s.owner order by id desc limit 1) f")
                .param(schedules.toArray(UUID[]::new))
                .query((row, i) -> new Owned(row.getObject("schedule_id", UUID.class), view(row, i)))
                .list()
                .stream()
                .collect(Collectors.toMap(Owned::schedule, Owned::firing));
    }

    /** The newest requests that a standing order filed. */
    List<UUID> requests(UUID schedule, int limit) {
        return jdbc.sql("""
                        select unnest(f.requests) from (
                            select requests from firing where schedule_id = ? and requests <> '{}' order by id desc limit ?) f
                        """)
                .params(schedule, limit)
                .query((row, i) -> row.getObject(1, UUID.class))
                .list();
    }

    /** Forgets what ended before a time. */
    void forget(Instant before) {
        jdbc.sql("delete from firing where ended_at < ?")
                .param(Timestamp.from(before))
                .update();
    }

    /** Standing orders of any controller whose last time failed. */
    long failing() {
        return jdbc.sql("""
                        select count(*) from schedule s
                        where (select outcome from firing f where f.schedule_id = s.id and f.ended_at is not null
                               order by f.id desc limit 1) = 'FAILED'
                        """).query(Long.class).single();
    }

    private static Firing view(ResultSet row, int number) throws SQLException {
        var ended = row.getTimestamp("ended_at");
        var outcome = row.getString("outcome");
        return new Firing(
                        row.getObject("id", UUID.class),
                        row.getTimestamp("due_at").toInstant().atOffset(ZoneOffset.UTC),
                        row.getString("by_hand") != null,
                        outcome == null
                                ? Firing.OutcomeEnum.WAITING
                                : Firing.OutcomeEnum.fromValue(outcome.toLowerCase(Locale.ROOT)),
                        row.getLong("records"),
                        ids(row, "requests"),
                        ids(row, "runs"))
                .endedAt(ended == null ? null : ended.toInstant().atOffset(ZoneOffset.UTC))
                .reason(row.getString("reason"));
    }

    private static List<UUID> ids(ResultSet row, String column) throws SQLException {
        return Arrays.asList((UUID[]) row.getArray(column).getArray());
    }
}
