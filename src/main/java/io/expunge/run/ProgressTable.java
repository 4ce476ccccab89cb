package io.expunge.run;

import io.expunge.engine.ProcessResources;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** How far runs have come; written often, so beside the run's own row. */
@Component
class ProgressTable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final JdbcClient jdbc;

    ProgressTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * How far a run has come.
     *
     * @param stage what a person is told is under way
     * @param rate steps a second
     * @param loss of the last step; not a number before the first
     * @param tokenRate tokens a second; 0 where none are read
     * @param resources of the process that works on it; null until one was seen
     */
    record Progress(
            String stage,
            long done,
            long total,
            double rate,
            double secondsLeft,
            double loss,
            double tokenRate,
            @Nullable Resources resources) {

        Progress(String stage, long done, long total, double rate, double secondsLeft, double loss, double tokenRate) {
            this(stage, done, total, rate, secondsLeft, loss, tokenRate, null);
        }

        double percent() {
            return total == 0 ? 0 : 100.0 * done / total;
        }
    }

    /** What the worker of a run must know: whether it still has it, and whether it shall stop. */
    record Lease(boolean held, boolean cancelRequested) {}

    Lease lease(UUID run, int attempt) {
        return jdbc.sql("""
                        select attempt = ? and state in ('RUNNING', 'AWAITING_SHARDS'), cancel_requested from run
                        where id = ?
                        """)
                .param(attempt)
                .param(run)
                .query((row, i) -> new Lease(row.getBoolean(1), row.getBoolean(2)))
                .single();
    }

    /** Notes how far a run has come, and what this process uses for it. */
    void write(UUID run, int attempt, Progress progress) {
        var used = ProcessResources.now();
        jdbc.sql("""
                        insert into run_progress as p (run_id, stage, done, total, rate, seconds_left, loss, token_rate,
                            updated_at, device, memory_bytes, peak_memory_bytes, device_memory_bytes,
                            device_memory_total, resources_seen_at)
                        select id, :stage, :done, :total, :rate, :left, :loss, :tokens, now(), :device, :memory, :memory,
                            :deviceMemory, :deviceTotal, now()
                        from run where id = :run and attempt = :attempt
                        on conflict (run_id) do update set stage = excluded.stage, done = excluded.done,
                            total = excluded.total, rate = excluded.rate, seconds_left = excluded.seconds_left,
                            loss = excluded.loss, token_rate = excluded.token_rate, updated_at = excluded.updated_at,
                            device = excluded.device, memory_bytes = excluded.memory_bytes,
                            peak_memory_bytes = greatest(p.peak_memory_bytes, excluded.memory_bytes),
                            device_memory_bytes = excluded.device_memory_bytes,
                            device_memory_total = excluded.device_memory_total,
                            resources_seen_at = excluded.resources_seen_at
                        """)
                .param("stage", progress.stage())
                .param("done", progress.done())
                .param("total", progress.total())
                .param("rate", progress.rate())
                .param("left", progress.secondsLeft())
                .param("loss", Double.isFinite(progress.loss()) ? progress.loss() : null, Types.DOUBLE)
                .param("tokens", progress.tokenRate())
                .param("device", used.device())
                .param("memory", used.memoryBytes(), Types.BIGINT)
                .param("deviceMemory", used.deviceMemoryBytes(), Types.BIGINT)
                .param("deviceTotal", used.deviceMemoryTotal(), Types.BIGINT)
                .param("run", run)
                .param("attempt", attempt)
                .update();
    }

    void write(UUID run, int attempt, String label, List<Curve.Point> points) {
        jdbc.sql("""
                        insert into run_curve (run_id, label, points)
                        select id, :label, :points from run where id = :run and attempt = :attempt
                        on conflict (run_id, label) do update set points = excluded.points
                        """)
                .param("label", label)
                .param("points", JSON.writeValueAsString(points))
                .param("run", run)
                .param("attempt", attempt)
                .update();
    }

    /** Points of every stretch of a run's work, by label. */
    Map<String, List<Curve.Point>> curves(UUID run) {
        var all = new TreeMap<String, List<Curve.Point>>();
        jdbc.sql("select label, points from run_curve where run_id = ?")
                .param(run)
                .query(row -> {
                    all.put(row.getString(1), List.of(JSON.readValue(row.getString(2), Curve.Point[].class)));
                });
        return all;
    }

    Optional<Progress> of(UUID run) {
        return Optional.ofNullable(of(List.of(run)).get(run));
    }

    Map<UUID, Progress> of(Collection<UUID> runs) {
        var all = new HashMap<UUID, Progress>();
        jdbc.sql("""
                        select run_id, stage, done, total, rate, seconds_left, loss, token_rate, device, memory_bytes,
                            peak_memory_bytes, device_memory_bytes, device_memory_total, resources_seen_at
                        from run_progress
                        where run_id = any (?)
                        """).param(runs.toArray(UUID[]::new)).query(row -> {
            double loss = row.getDouble(7);
            boolean none = row.wasNull();
            all.put(
                    row.getObject(1, UUID.class),
                    new Progress(
                            row.getString(2),
                            row.getLong(3),
                            row.getLong(4),
                            row.getDouble(5),
                            row.getDouble(6),
                            none ? Double.NaN : loss,
                            row.getDouble(8),
                            resources(row)));
        });
        return all;
    }

    private static @Nullable Resources resources(ResultSet row) throws SQLException {
        var device = row.getString(9);
        return device == null
                ? null
                : new Resources(
                        new ProcessResources(
                                device,
                                row.getObject(10, Long.class),
                                row.getObject(12, Long.class),
                                row.getObject(13, Long.class)),
                        row.getObject(11, Long.class),
                        row.getObject(14, OffsetDateTime.class).toInstant());
    }
}
