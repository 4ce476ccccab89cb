package io.expunge.run;

import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Ensembles and which members they have; many at a time, so without an entity for each. */
@Component
class EnsembleTable {

    private static final HexFormat HEX = HexFormat.of();
    private static final String COLUMNS =
            "e.id, e.controller_id, e.model_id, e.version_id, e.kind, e.members, e.seed, e.excluded, e.shard_size, "
                    + "e.member_bytes, e.shards_since, e.looked_at, e.created_at";

    private final JdbcClient jdbc;

    EnsembleTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What was ordered.
     *
     * @param excluded ordinals of records that no member learns from, ascending
     * @param memberBytes of one member on disk, estimated until the first is there
     * @param shardsSince when its work was shared out last
     * @param lookedAt until when it is known who of its records' people has been forgotten
     */
    record Row(
            UUID id,
            UUID controller,
            UUID model,
            UUID version,
            EnsembleKind kind,
            int members,
            long seed,
            int[] excluded,
            int shardSize,
            long memberBytes,
            @Nullable Instant shardsSince,
            Instant lookedAt,
            Instant createdAt) {}

    /**
     * How many members an ensemble has.
     *
     * @param trained those that were trained since its work was shared out last
     * @param lastAt when the last of all came
     */
    record Count(
            int present,
            int reused,
            int knowing,
            int trained,
            @Nullable Instant lastAt) {

        static final Count NONE = new Count(0, 0, 0, 0, null);

        /** Members a second that were trained from {@code since} to the last one; 0 while that cannot be told. */
        double rate(@Nullable Instant since) {
            if (since == null || lastAt == null || trained == 0) {
                return 0;
            }
            double seconds = java.time.Duration.between(since, lastAt).toMillis() / 1e3;
            return seconds > 0 ? trained / seconds : 0;
        }
    }

    void add(Row row) {
        jdbc.sql("""
                        insert into ensemble (id, controller_id, model_id, version_id, kind, members, seed, excluded,
                            shard_size, member_bytes, looked_at, created_at)
                        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """)
                .params(
                        row.id(),
                        row.controller(),
                        row.model(),
                        row.version(),
                        row.kind().name(),
                        row.members(),
                        row.seed(),
                        packed(row.excluded()),
                        row.shardSize(),
                        row.memberBytes(),
                        Timestamp.from(row.lookedAt()),
                        Timestamp.from(row.createdAt()))
                .update();
    }

    /** An ensemble that is not about to be erased. */
    Optional<Row> find(UUID id) {
        return jdbc.sql("select " + COLUMNS + " from ensemble e where e.id = ? and e.condemned_at is null")
                .param(id)
                .query(EnsembleTable::row)
                .optional();
    }

    List<Row> page(UUID controller, @Nullable UUID before, @Nullable UUID model, int limit) {
        return jdbc.sql("select " + COLUMNS + """
                         from ensemble e
                        where e.controller_id = :controller and e.condemned_at is null
                          and (:before::uuid is null or e.id < :before) and (:model::uuid is null or e.model_id = :model)
                        order by e.id desc limit :limit
                        """)
                .param("controller", controller)
                .param("before", before, java.sql.Types.OTHER)
                .param("model", model, java.sql.Types.OTHER)
                .param("limit", limit)
                .query(EnsembleTable::row)
                .list();
    }

    List<Row> ofModel(UUID model) {
        return jdbc.sql("select " + COLUMNS + " from ensemble e where e.model_id = ? and e.condemned_at is null")
                .param(model)
                .query(EnsembleTable::row)
                .list();
    }

    /** Ensembles of a version, the newest first. */
    List<Row> ofVersion(UUID version, EnsembleKind kind) {
        return jdbc.sql("select " + COLUMNS + """
                         from ensemble e
                        where e.version_id = ? and e.kind = ? and e.condemned_at is null order by e.id desc
                        """)
                .params(version, kind.name())
                .query(EnsembleTable::row)
                .list();
    }

    /** Ensembles of models of which somebody may have been forgotten since they were looked at; commits take their time. */
    List<Row> toLookAt(Instant lookedBefore) {
        return jdbc.sql("select " + COLUMNS + """
                         from ensemble e
                        where e.condemned_at is null and (e.looked_at < ? or exists (
                            select from run r where r.model_id = e.model_id and r.kind <> 'ENSEMBLE'
                              and r.state = 'SUCCEEDED' and r.ended_at >= e.looked_at - interval '1 minute'))
                        """)
                .param(Timestamp.from(lookedBefore))
                .query(EnsembleTable::row)
                .list();
    }

    void lookedAt(UUID id, Instant at) {
        jdbc.sql("update ensemble set looked_at = ? where id = ?")
                .params(Timestamp.from(at), id)
                .update();
    }

    void sharedOut(UUID id, Instant at) {
        jdbc.sql("update ensemble set shards_since = ? where id = ?")
                .params(Timestamp.from(at), id)
                .update();
    }

    void memberBytes(UUID id, long bytes) {
        jdbc.sql("update ensemble set member_bytes = ? where id = ? and member_bytes <> ?")
                .params(bytes, id, bytes)
                .update();
    }

    /** Members that an ensemble has, by number. */
    Map<Integer, String> members(UUID id) {
        var all = new TreeMap<Integer, String>();
        jdbc.sql("select number, key from ensemble_member where ensemble_id = ? and condemned_at is null")
                .param(id)
                .query((ResultSet row) -> {
                    all.put(row.getInt(1), HEX.formatHex(row.getBytes(2)));
                });
        return all;
    }

    /** Gives an ensemble members, by number; those that it has already stay. */
    void link(UUID id, Map<Integer, String> members, boolean reused, Instant at) {
        jdbc.sql("""
                        insert into ensemble_member (ensemble_id, number, key, reused, linked_at)
                        select ?, number, key, ?, ? from unnest(?::integer[], ?::bytea[]) as m (number, key)
                        on conflict do nothing
                        """)
                .params(
                        id,
                        reused,
                        Timestamp.from(at),
                        members.keySet().toArray(Integer[]::new),
                        members.values().stream().map(HEX::parseHex).toArray(byte[][]::new))
                .update();
    }

    /** Forgets that an ensemble has members whose files are gone. */
    void unlink(UUID id, Collection<Integer> numbers) {
        jdbc.sql("delete from ensemble_member where ensemble_id = ? and number = any (?)")
                .params(id, numbers.toArray(Integer[]::new))
                .update();
    }

    void knowForgotten(UUID id, Collection<Integer> numbers, Instant at) {
        jdbc.sql("""
                        update ensemble_member set knows_forgotten_since = ?
                        where ensemble_id = ? and number = any (?) and knows_forgotten_since is null
                        """)
                .params(Timestamp.from(at), id, numbers.toArray(Integer[]::new))
                .update();
    }

    Map<UUID, Count> counts(Collection<UUID> ids) {
        var all = new HashMap<UUID, Count>();
        jdbc.sql("""
                        select m.ensemble_id, count(*), count(*) filter (where m.reused),
                               count(m.knows_forgotten_since),
                               count(*) filter (where not m.reused and m.linked_at >= e.shards_since), max(m.linked_at)
                        from ensemble_member m join ensemble e on e.id = m.ensemble_id
                        where m.ensemble_id = any (?) and m.condemned_at is null group by m.ensemble_id
                        """).param(ids.toArray(UUID[]::new)).query((ResultSet row) -> {
            all.put(
                    row.getObject(1, UUID.class),
                    new Count(
                            row.getInt(2),
                            row.getInt(3),
                            row.getInt(4),
                            row.getInt(5),
                            row.getTimestamp(6).toInstant()));
        });
        return all;
    }

    Count count(UUID id) {
        return counts(List.of(id)).getOrDefault(id, Count.NONE);
    }

    /** How many of the first {@code members} exist already under an order that differs in nothing but their number. */
    int existing(Row order) {
        return jdbc.sql("""
                        select count(distinct m.number) from ensemble e join ensemble_member m on m.ensemble_id = e.id
                        where e.version_id = ? and e.kind = ? and e.seed = ? and e.excluded = ? and m.number < ?
                          and m.condemned_at is null
                        """)
                .params(order.version(), order.kind().name(), order.seed(), packed(order.excluded()), order.members())
                .query(Integer.class)
                .single();
    }

    /** Bytes that members take, and those that open orders will add; of two orders at once the second waits here. */
    long bytesSpokenFor() {
        jdbc.sql("select pg_advisory_xact_lock(hashtext('ensemble disk budget'))")
                .query((row, i) -> i)
                .list();
        return jdbc.sql("""
                        select coalesce((select sum(bytes) from member), 0) + coalesce((
                            select sum(e.member_bytes * (e.members - (
                                select count(*) from ensemble_member m where m.ensemble_id = e.id)))
                            from ensemble e join run r on r.id = e.id
                            where r.state not in ('SUCCEEDED', 'FAILED', 'CANCELLED')), 0)
                        """).query(Long.class).single();
    }

    static byte[] packed(int[] numbers) {
        var buffer = ByteBuffer.allocate(Integer.BYTES * numbers.length);
        buffer.asIntBuffer().put(numbers);
        return buffer.array();
    }

    private static Row row(ResultSet row, int number) throws SQLException {
        var ints = ByteBuffer.wrap(row.getBytes(8)).asIntBuffer();
        var excluded = new int[ints.remaining()];
        ints.get(excluded);
        var since = row.getTimestamp(11);
        return new Row(
                row.getObject(1, UUID.class),
                row.getObject(2, UUID.class),
                row.getObject(3, UUID.class),
                row.getObject(4, UUID.class),
                EnsembleKind.valueOf(row.getString(5)),
                row.getInt(6),
                row.getLong(7),
                excluded,
                row.getInt(9),
                row.getLong(10),
                since == null ? null : since.toInstant(),
                row.getTimestamp(12).toInstant(),
                row.getTimestamp(13).toInstant());
    }
}
