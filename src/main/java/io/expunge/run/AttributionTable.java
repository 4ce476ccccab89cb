package io.expunge.run;

import io.expunge.influence.Attribution;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What was measured of ensembles of halves. */
@Component
class AttributionTable {

    private final JdbcClient jdbc;

    AttributionTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void put(UUID ensemble, Attribution measured, Instant at) {
        jdbc.sql("""
                        insert into attribution (ensemble_id, estimated, held_out, points, score, low, high, measured_at)
                        values (?, ?, ?, ?, ?, ?, ?, ?)
                        on conflict (ensemble_id) do update set estimated = excluded.estimated,
                            held_out = excluded.held_out, points = excluded.points, score = excluded.score,
                            low = excluded.low, high = excluded.high, measured_at = excluded.measured_at
                        """)
                .params(
                        ensemble,
                        measured.estimated(),
                        measured.heldOut(),
                        measured.points(),
                        measured.score(),
                        measured.low(),
                        measured.high(),
                        Timestamp.from(at))
                .update();
    }

    Optional<Attribution> of(UUID ensemble) {
        return jdbc.sql("select estimated, held_out, points, score, low, high from attribution where ensemble_id = ?")
                .param(ensemble)
                .query((row, i) -> new Attribution(
                        row.getInt(1),
                        row.getInt(2),
                        row.getInt(3),
                        row.getDouble(4),
                        row.getDouble(5),
                        row.getDouble(6)))
                .optional();
    }
}
