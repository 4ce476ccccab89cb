package io.expunge.schedule;

import io.expunge.api.HouseTask;
import io.expunge.run.LightTask;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;

/** What the service does by itself again and again, and how that goes. */
@Service
class HouseWork {

    private final List<LightTask> tasks;
    private final JdbcClient jdbc;

    HouseWork(List<LightTask> tasks, JdbcClient jdbc) {
        this.tasks = tasks;
        this.jdbc = jdbc;
    }

    private record Seen(
            @Nullable OffsetDateTime next,
            @Nullable OffsetDateTime success,
            @Nullable OffsetDateTime failure,
            int failures) {}

    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER', 'AUDITOR', 'ADMIN')")
    List<HouseTask> list() {
        Map<String, Seen> seen = new HashMap<>();
        jdbc.sql("select task_name, execution_time, last_success, last_failure, consecutive_failures from light_task")
                .query((ResultSet row) -> {
                    seen.put(row.getString(1), new Seen(at(row, 2), at(row, 3), at(row, 4), row.getInt(5)));
                });
        return tasks.stream()
                .sorted(Comparator.comparing(LightTask::name))
                .map(task -> {
                    var one = seen.getOrDefault(task.name(), new Seen(null, null, null, 0));
                    return new HouseTask(task.name(), task.every().toSeconds(), one.failures())
                            .nextAt(one.next())
                            .lastSuccessAt(one.success())
                            .lastFailureAt(one.failure());
                })
                .toList();
    }

    private static @Nullable OffsetDateTime at(ResultSet row, int column) throws SQLException {
        var stamp = row.getTimestamp(column);
        return stamp == null ? null : stamp.toInstant().atOffset(ZoneOffset.UTC);
    }
}
