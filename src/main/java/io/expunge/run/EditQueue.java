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
    void add(RunEntity run) {
        add(TASK, run.id().toString(), run);
    }

    /** Enqueues a shard as urgently as its run, or leaves it where it is if it is queued already. */
    void add(Shard shard, RunEntity run) {
        add(SHARD_TASK, shard.name(), run);
    }

    /** Puts what waits of a run where its priority says; what a worker has already stays with it. */
    void prioritise(RunEntity run) {
        jdbc.sql("""
                        update edit_task set priority = :priority
                        where not picked and (task_name = :task and task_instance = :run
                                              or task_name = :shard and task_instance like :shards)
                        """)
                .param("priority", priority(run.dueAt(), run.priority()))
                .param("task", TASK)
                .param("run", run.id().toString())
                .param("shard", SHARD_TASK)
                .param("shards", run.id() + "/%")
                .update();
    }

    /** Takes the shards of a run that nobody works on off the queue. */
    void removeShards(UUID run) {
        jdbc.sql(REMOVE_SHARDS).param(run + "/%").update();
    }

    private void add(String task, String name, RunEntity run) {
        client.scheduleIfNotExists(
                new TaskInstance.Builder<Void>(task, name)
                        .priority(priority(run.dueAt(), run.priority()))
                        .build(),
                clock.instant());
    }

    /**
     * The earlier the deadline the higher; a run without one comes after all that have one. Exact until 2042. High ones lie
     * above all of these in the same order, low ones below.
     */
    static int priority(@Nullable Instant due, RunPriority said) {
        int byDeadline = due == null
                ? -Short.MAX_VALUE
                : -Math.clamp(Duration.between(ORIGIN, due).dividedBy(UNIT), 0, Short.MAX_VALUE - 1);
        return switch (said) {
            case LOW -> Short.MIN_VALUE;
            case NORMAL -> byDeadline;
            case HIGH -> Short.MAX_VALUE + byDeadline;
        };
    }
}
