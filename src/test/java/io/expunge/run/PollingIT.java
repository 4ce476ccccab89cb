package io.expunge.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.expunge.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class PollingIT {

    private static final RunSettings SETTINGS = new RunSettings(
            Duration.ofMillis(50),
            Duration.ofSeconds(3),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            4,
            8,
            Duration.ofSeconds(1),
            Duration.ofDays(7),
            Duration.ofSeconds(5),
            Duration.ofHours(1),
            Duration.ofHours(24),
            Duration.ofHours(48),
            Duration.ofHours(24));

    @Test
    void aWorkerOfOneThreadHoldsOneTaskHoweverTheDatabasePlansTheQuery() {
        var details = TestDatabase.create();
        // a nested loop, which the planner takes by itself where statistics say that the table is nearly empty
        var planned = "&options=-c%20enable_hashjoin=off%20-c%20enable_mergejoin=off%20-c%20enable_material=off"
                + "%20-c%20enable_memoize=off%20-c%20enable_hashagg=off%20-c%20enable_sort=off";
        var source = new DriverManagerDataSource(
                details.getJdbcUrl() + planned, details.getUsername(), details.getPassword());
        Flyway.configure()
                .dataSource(source)
                .locations("classpath:db/migration")
                .load()
                .migrate();
        var jdbc = JdbcClient.create(source);
        var steps = new Semaphore(0);
        var begun = new Semaphore(0);
        var task = Tasks.oneTime(EditQueue.SHARD_TASK).execute((instance, context) -> {
            begun.release();
            steps.acquireUninterruptibly();
        });
        var scheduler = Polling.of(source, EditQueue.TABLE, 1, SETTINGS, task)
                .enablePriority()
                .pollingInterval(SETTINGS.poll())
                .build();
        IntStream.range(0, 40).forEach(i -> scheduler.scheduleIfNotExists(task.instance("part-" + i), Instant.now()));
        scheduler.start();
        try {
            for (int i = 0; i < 3; i++) {
                await().until(() -> begun.tryAcquire());
                assertThat(jdbc.sql("select count(*) from edit_task where picked")
                                .query(Integer.class)
                                .single())
                        .isEqualTo(1);
                steps.release();
            }
        } finally {
            steps.release(100);
            scheduler.stop();
        }
    }
}
