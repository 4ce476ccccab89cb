package io.expunge.run;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.expunge.engine.ProcessResources;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Takes runs and shards of runs from the queue, one at a time: gradients are computed in one place of a process. */
@Component
@ConditionalOnExpression("!'${expunge.role:all}'.equalsIgnoreCase('api')")
class EditScheduler implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(EditScheduler.class);

    private final Worker worker;
    private final ShardWorker shards;
    private final WorkerTable table;
    private final RunSettings settings;
    private final DataSource dataSource;
    private final Clock clock;
    private final String role;
    private final String name;

    private volatile @Nullable Scheduler scheduler;
    private volatile @Nullable Thread heart;

    EditScheduler(
            Worker worker,
            ShardWorker shards,
            WorkerTable table,
            RunSettings settings,
            DataSource dataSource,
            Clock clock,
            Environment environment) {
        this.worker = worker;
        this.shards = shards;
        this.table = table;
        this.settings = settings;
        this.dataSource = dataSource;
        this.clock = clock;
        this.role = environment.getProperty("expunge.role", "all").toLowerCase(java.util.Locale.ROOT);
        this.name = ManagementFactory.getRuntimeMXBean().getName() + "-"
                + UUID.randomUUID().toString().substring(0, 8);
    }

    @Override
    public void start() {
        worker.start();
        var task = Tasks.custom(EditQueue.TASK, Void.class)
                .onFailure((complete, operations) ->
                        operations.reschedule(complete, clock.instant().plus(settings.backOff())))
                .onDeadExecutionRevive()
                .execute((instance, context) -> {
                    var id = UUID.fromString(instance.getId());
                    var again = worker.work(id, name);
                    return (CompletionHandler<Void>) (complete, operations) -> {
                        if (again == null) {
                            worker.leave(id, operations::remove, at -> operations.reschedule(complete, at));
                        } else {
                            operations.reschedule(complete, again);
                        }
                    };
                });
        var shard = Tasks.custom(EditQueue.SHARD_TASK, Void.class)
                .onFailure((complete, operations) ->
                        operations.reschedule(complete, clock.instant().plus(settings.backOff())))
                .onDeadExecutionRevive()
                .execute((instance, context) -> {
                    var part = Shard.named(instance.getId());
                    var again = shards.work(part, name);
                    return (CompletionHandler<Void>) (complete, operations) -> {
                        if (again == null) {
                            shards.leave(part, operations::remove, at -> operations.reschedule(complete, at));
                        } else {
                            operations.reschedule(complete, again);
                        }
                    };
                });
        var made = Polling.of(dataSource, EditQueue.TABLE, 1, settings, task, shard)
                .schedulerName(new SchedulerName.Fixed(name))
                .enablePriority()
                .pollingInterval(settings.poll())
                .build();
        made.start();
        scheduler = made;
        heart = Thread.ofVirtual().name("worker-heartbeat").start(this::beat);
        log.info("worker {} takes runs", name);
    }

    private void beat() {
        while (scheduler != null) {
            try {
                var run = worker.current();
                table.seen(name, role, ProcessResources.now(), run == null ? shards.current() : run);
            } catch (RuntimeException e) {
                log.warn(
                        "the worker's heartbeat did not reach the database: {}",
                        e.getClass().getSimpleName());
            }
            try {
                Thread.sleep(settings.heartbeat());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** The run in hand is checkpointed and handed back before this returns. */
    @Override
    public void stop() {
        worker.stop();
        var running = scheduler;
        scheduler = null;
        if (running != null) {
            running.stop();
        }
        var beating = heart;
        if (beating != null) {
            beating.interrupt();
        }
        try {
            table.gone(name);
        } catch (RuntimeException e) {
            log.warn("the worker could not sign off: {}", e.getClass().getSimpleName());
        }
    }

    @Override
    public boolean isRunning() {
        return scheduler != null;
    }
}
