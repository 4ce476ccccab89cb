package io.expunge.run;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Does the small recurring things, each in one API process at a time. */
@Component
@ConditionalOnExpression("!'${expunge.role:all}'.equalsIgnoreCase('worker')")
class LightScheduler implements SmartLifecycle {

    private static final Duration POLL = Duration.ofMillis(500);
    private static final int THREADS = 4;

    private final List<LightTask> tasks;
    private final RunSettings settings;
    private final DataSource dataSource;

    private volatile @Nullable Scheduler scheduler;

    LightScheduler(List<LightTask> tasks, RunSettings settings, DataSource dataSource) {
        this.tasks = tasks;
        this.settings = settings;
        this.dataSource = dataSource;
    }

    @Override
    public void start() {
        var recurring = new ArrayList<RecurringTask<Void>>();
        for (var task : tasks) {
            recurring.add(Tasks.recurring(task.name(), FixedDelay.of(task.every()))
                    .execute((instance, context) -> task.execute()));
        }
        var made = Polling.of(dataSource, "light_task", THREADS, settings)
                .startTasks(recurring)
                .pollingInterval(POLL)
                .build();
        made.start();
        scheduler = made;
    }

    @Override
    public void stop() {
        var running = scheduler;
        scheduler = null;
        if (running != null) {
            running.stop();
        }
    }

    @Override
    public boolean isRunning() {
        return scheduler != null;
    }
}
