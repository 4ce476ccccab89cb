package io.expunge.run;

import io.expunge.engine.ProcessResources;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The processes that edit models, by the database's clock. */
@Component
class WorkerTable {

    private static final Duration KEPT = Duration.ofDays(1);

    private final JdbcClient jdbc;
    private final RunSettings settings;

    WorkerTable(JdbcClient jdbc, RunSettings settings) {
        this.jdbc = jdbc;
        this.settings = settings;
    }

    record Row(
            String name,
            String role,
            String device,
            Resources resources,
            @Nullable UUID runId,
            Instant startedAt,
            Instant lastSeenAt,
            boolean alive) {}

    void seen(String name, String role, ProcessResources used, @Nullable UUID run) {
        jdbc.sql("""
                        insert into worker (name, role, device, memory_bytes, device_memory_bytes, device_memory_total,
                            run_id, started_at, last_seen_at)
                        values (:name, :role, :device, :memory, :deviceMemory, :deviceTotal, :run, now(), now())
                        on conflict (name) do update set run_id = excluded.run_id, device = excluded.device,
                            memory_bytes = excluded.memory_bytes, device_memory_bytes = excluded.device_memory_bytes,
                            device_memory_total = excluded.device_memory_total, last_seen_at = now()
                        """)
                .param("name", name)
                .param("role", role)
                .param("device", used.device())
                .param("memory", used.memoryBytes(), Types.BIGINT)
                .param("deviceMemory", used.deviceMemoryBytes(), Types.BIGINT)
                .param("deviceTotal", used.deviceMemoryTotal(), Types.BIGINT)
                .param("run", run, Types.OTHER)
                .update();
    }

    void gone(String name) {
        jdbc.sql("delete from worker where name = ?").param(name).update();
    }

    void forgetOld() {
        jdbc.sql("delete from worker where last_seen_at < now() - make_interval(secs => ?)")
                .param(KEPT.toSeconds())
                .update();
    }

    /** All workers; of their runs only those of this controller. */
    List<Row> all(UUID controller) {
        return jdbc.sql("""
                        select w.name, w.role, w.device, r.id, w.started_at, w.last_seen_at,
                               w.last_seen_at > now() - make_interval(secs => :seconds) as alive,
                               w.memory_bytes, w.device_memory_bytes, w.device_memory_total
                        from worker w left join run r on r.id = w.run_id and r.controller_id = :controller
                        order by w.name
                        """)
                .param("seconds", 4.0 * settings.heartbeat().toMillis() / 1000)
                .param("controller", controller)
                .query((row, i) -> new Row(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        new Resources(
                                new ProcessResources(
                                        row.getString(3),
                                        row.getObject(8, Long.class),
                                        row.getObject(9, Long.class),
                                        row.getObject(10, Long.class)),
                                null,
                                row.getObject(6, OffsetDateTime.class).toInstant()),
                        row.getObject(4, UUID.class),
                        row.getObject(5, OffsetDateTime.class).toInstant(),
                        row.getObject(6, OffsetDateTime.class).toInstant(),
                        row.getBoolean(7)))
                .list();
    }
}
