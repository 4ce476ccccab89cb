package io.expunge.run;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.task.Task;
import java.util.List;
import javax.sql.DataSource;

/** How schedulers take what is due. */
final class Polling {

    private static final int MISSED_HEARTBEATS = 4;

    private Polling() {}

    /** A scheduler that picks no more than it has threads for, so that what is more urgent overtakes all that waits. */
    static SchedulerBuilder of(
            DataSource dataSource, String table, int threads, RunSettings settings, Task<?>... tasks) {
        // picking by one statement, the library's default, takes more than its limit where PostgreSQL runs the
        // subquery once for each row (an update whose "in" holds "limit" and "for update skip locked")
        return Scheduler.create(dataSource, List.of(tasks))
                .jdbcCustomization(new PostgreSqlJdbcCustomization(true, false))
                .tableName(table)
                .threads(threads)
                .pollUsingLockAndFetch(0.5, 1.0)
                .heartbeatInterval(settings.heartbeat())
                .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                .shutdownMaxWait(settings.shutdown());
    }
}
