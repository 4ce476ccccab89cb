package io.expunge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.util.FileSystemUtils;

/**
 * Many runs over few models, queued at once, for two workers that are processes of their own. Not part of {@code verify}:
 * {@code ./mvnw test -Dtest=SharedWorkDrill}.
 */
class SharedWorkDrill {

    private static final int MODELS = 5;
    private static final int RUNS_OF_A_MODEL = 4;
    private static final int EPOCHS = Integer.getInteger("expunge.drill.epochs", 25);

    /** A worker reads the clock before it waits for the row of the run that is just ending. */
    private static final Duration CLOCK_BEFORE_LOCK = Duration.ofMillis(100);

    private record Done(UUID run, UUID model, String state, Instant started, Instant ended, List<String> workers) {}

    @Test
    void twoWorkersShareTheRunsAndNeverTouchOneModelTogether() throws Exception {
        var home =
                Path.of("target/drill/shared-" + ProcessHandle.current().pid()).toAbsolutePath();
        try (var cluster = ServedCluster.start(home, 2)) {
            var engineer = cluster.admin().create("ENGINEER");
            var made = new DrillModels(engineer, home, 300);
            var dataset = made.dataset();
            var models = new ArrayList<String>();
            for (int i = 0; i < MODELS; i++) {
                models.add(made.model("default"));
            }
            var begun = Instant.now();
            for (int i = 0; i < RUNS_OF_A_MODEL; i++) {
                for (var model : models) {
                    made.train(model, dataset, EPOCHS, i);
                }
            }
            print("%d runs over %d models are queued after %s", MODELS * RUNS_OF_A_MODEL, MODELS, since(begun));
            Patiently.until(
                    "the end of all runs",
                    () -> cluster.database()
                            .sql("select count(*) from run where ended_at is null")
                            .query(Long.class)
                            .single(),
                    left -> left == 0);
            print("all have ended after %s", since(begun));
            check(done(cluster));
        }
        FileSystemUtils.deleteRecursively(home);
    }

    private static void check(List<Done> runs) {
        assertThat(runs).hasSize(MODELS * RUNS_OF_A_MODEL).allSatisfy(run -> {
            assertThat(run.state()).isEqualTo("SUCCEEDED");
            assertThat(run.workers()).as("attempts at run " + run.run()).hasSize(1);
        });
        var shares = runs.stream()
                .collect(Collectors.groupingBy(run -> run.workers().getFirst(), TreeMap::new, Collectors.counting()));
        shares.forEach((worker, share) -> print("worker %s did %d of %d runs", worker, share, runs.size()));
        assertThat(shares).as("workers that did something").hasSize(2);

        var together = new ArrayList<Duration>();
        for (var model :
                runs.stream().collect(Collectors.groupingBy(Done::model)).values()) {
            assertThat(model).hasSize(RUNS_OF_A_MODEL);
            for (int i = 1; i < model.size(); i++) {
                together.add(
                        Duration.between(model.get(i - 1).ended(), model.get(i).started()));
            }
        }
        print(
                "between two runs of one model lay %s to %s",
                shortest(together), together.stream().max(Duration::compareTo).orElseThrow());
        assertThat(shortest(together)).as("gap between two runs of a model").isGreaterThan(CLOCK_BEFORE_LOCK.negated());
        long pairs = 0;
        for (int i = 0; i < runs.size(); i++) {
            for (int j = 0; j < i; j++) {
                pairs += runs.get(i).started().isBefore(runs.get(j).ended())
                                && runs.get(j).started().isBefore(runs.get(i).ended())
                        ? 1
                        : 0;
            }
        }
        print("%d pairs of runs, all of different models, were worked on at the same time", pairs);
        assertThat(pairs).as("runs side by side").isPositive();
    }

    private static Duration shortest(List<Duration> gaps) {
        return gaps.stream().min(Duration::compareTo).orElseThrow();
    }

    /** Every run in the order of its beginning, with the workers that the audit log says began it. */
    private static List<Done> done(ServedCluster cluster) {
        return cluster.database()
                .sql("""
                        select r.id, r.model_id, r.state, r.started_at, r.ended_at,
                               (select string_agg(e.details::json ->> 'worker', ' ') from audit_entry e
                                where e.subject_id = r.id and e.action = 'run.begun')
                        from run r order by r.started_at
                        """)
                .query((row, i) -> new Done(
                        row.getObject(1, UUID.class),
                        row.getObject(2, UUID.class),
                        row.getString(3),
                        row.getObject(4, Timestamp.class).toInstant(),
                        row.getObject(5, Timestamp.class).toInstant(),
                        List.of(row.getString(6).split(" "))))
                .list();
    }

    private static String since(Instant begun) {
        return String.format(
                Locale.ROOT, "%.1f s", Duration.between(begun, Instant.now()).toMillis() / 1e3);
    }

    private static void print(String text, Object... arguments) {
        System.out.println(String.format(Locale.ROOT, text, arguments));
    }
}
