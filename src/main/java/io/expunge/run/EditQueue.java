package io.expunge.run;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.stereotype.Component;

/** Puts runs on the queue of edits, in the caller's transaction. */
@Component
class EditQueue {

    static final String TABLE = "edit_task";
    static final String TASK = "run";
    static final String SHARD_TASK = "shard";

    static final String REMOVE_SHARDS =
            "delete from edit_task where task_name = 'shard' and not picked and task_instance like ?";

    private static final Instant ORIGIN = Instant.parse("2020-01-01T00:00:00Z");
    private static final Duration UNIT = Duration.ofHours(6);

    private final SchedulerClient client;
    private final JdbcClient jdbc;
    private final Clock clock;

    EditQueue(DataSource dataSource, JdbcClient jdbc, Clock clock) {
        this.client = SchedulerClient.Builder.create(new TransactionAwareDataSourceProxy(dataSource))
                .tableName(TABLE)
                .enablePriority()
                .build();
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Enqueues a run, or leaves it where it is if it is queued already. */
    void add(UUID run, @Nullable Instant due) {
        add(TASK, run.toString(), due);
    }

    /** Enqueues a shard as urgently as its run, or leaves it where it is if it is queued already. */
    void add(Shard shard, @Nullable Instant due) {
        add(SHARD_TASK, shard.name(), due);
    }

    /** Takes the shards of a run that nobody works on off the queue. */
    void removeShards(UUID run) {
        jdbc.sql(REMOVE_SHARDS).param(run + "/%").update();
    }

    private void add(String task, String name, @Nullable Instant due) {
        client.scheduleIfNotExists(
                new TaskInstance.Builder<Void>(task, name)
                        .priority(priority(due))
                        .build(),
                clock.instant());
    }

    /** The earlier the deadline the higher; a run without one comes last. Exact until 2042. */
    static int priority(@Nullable Instant due) {
        return due == null
                ? Short.MIN_VALUE
                : -Math.clamp(Duration.between(ORIGIN, due).dividedBy(UNIT), 0, Short.MAX_VALUE);
    }
}
