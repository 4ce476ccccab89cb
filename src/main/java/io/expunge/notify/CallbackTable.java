package io.expunge.notify;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class CallbackTable {

    private final JdbcClient jdbc;

    CallbackTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    record Pending(
            long id, UUID controllerId, String protocol, UUID subjectId, String url, String body, int attempts) {}

    void insert(String protocol, UUID controller, UUID subject, String url, String body, Instant at) {
        jdbc.sql("""
                        insert into callback (controller_id, protocol, subject_id, url, body, attempts, next_at)
                        values (?, ?, ?, ?, ?, 0, ?)
                        """)
                .params(controller, protocol, subject, url, body, Timestamp.from(at))
                .update();
    }

    /** Those whose time has come, for each thing and address only the first; no controller's many before all of another's. */
    List<Pending> due(Instant now, int limit) {
        return jdbc.sql("""
                        select id, controller_id, protocol, subject_id, url, body, attempts from (
                            select c.*, row_number() over (partition by c.controller_id order by c.next_at, c.id) as place
                            from callback c
                            where next_at <= ? and not exists (select from callback e
                                  where e.subject_id = c.subject_id and e.url = c.url and e.id < c.id)) fair
                         order by (place - 1) / 25, next_at, id limit ?
                        """)
                .params(Timestamp.from(now), limit)
                .query((row, place) -> new Pending(
                        row.getLong(1),
                        row.getObject(2, UUID.class),
                        row.getString(3),
                        row.getObject(4, UUID.class),
                        row.getString(5),
                        row.getString(6),
                        row.getInt(7)))
                .list();
    }

    void delete(long id) {
        jdbc.sql("delete from callback where id = ?").param(id).update();
    }

    void postpone(long id, Instant next) {
        jdbc.sql("update callback set attempts = attempts + 1, next_at = ? where id = ?")
                .params(Timestamp.from(next), id)
                .update();
    }
}
