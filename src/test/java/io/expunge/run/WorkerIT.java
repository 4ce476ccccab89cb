package io.expunge.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.TestDatabase;
import io.expunge.catalog.Artifacts;
import io.expunge.catalog.Training;
import io.expunge.catalog.TrainingSource;
import io.expunge.engine.Recipe;
import io.expunge.shared.Ids;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.transaction.support.TransactionTemplate;

/** What a worker does with a run at its edges; no scheduler takes part. */
@SpringBootTest(properties = "expunge.role=api")
@Import(TestDatabase.class)
class WorkerIT {

    @Autowired
    private Worker worker;

    @Autowired
    private RunRepository repository;

    @Autowired
    private Runs runs;

    @Autowired
    private Artifacts artifacts;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private ProgressTable progress;

    @Autowired
    private JdbcClient jdbc;

    @DynamicPropertySource
    static void ownDirectory(DynamicPropertyRegistry registry) throws Exception {
        var directory = Files.createTempDirectory(Files.createDirectories(Path.of("target/it")), "data");
        registry.add("expunge.data-directory", directory::toString);
    }

    @Test
    void aRunThatWasDecidedOnBeforeItsTaskWasRemovedStaysOnTheQueue() {
        var id = saved();
        var done = new ArrayList<String>();
        worker.leave(id, () -> done.add("removed"), at -> done.add("kept"));
        assertThat(done).containsExactly("kept");
    }

    @Test
    void aRunThatHasEndedLeavesTheQueueAndItsWorkingFilesGo() throws Exception {
        var id = saved();
        transaction.executeWithoutResult(ignored -> runs.drop(id));
        var workspace = artifacts.workspace(id);
        Files.writeString(workspace.resolve("edit.checkpoint"), "left by a worker that was killed");

        assertThat(worker.work(id, "worker")).isNull();

        assertThat(workspace).doesNotExist();
        var done = new ArrayList<String>();
        worker.leave(id, () -> done.add("removed"), at -> done.add("kept"));
        assertThat(done).containsExactly("removed");
    }

    @Test
    void aRunThatEndsWorkerAfterWorkerAtOnePlaceIsLeftToAPerson() {
        var id = saved();
        lost(id, "training, epoch 3 of 9", 300, 7);
        progress.write(id, 1, new ProgressTable.Progress("training, epoch 3 of 9", 299, 900, 1, 1, 1, 0));

        assertThat(worker.work(id, "worker")).isNull();

        assertThat(runs.run(id).state()).isEqualTo(RunState.FAILED);
        assertThat(said("failure", id)).contains("8 workers in a row ended without a word at the same place");
    }

    @Test
    void aRunThatCameFurtherThanWhereItsLastWorkerEndedGoesOn() {
        var id = saved();
        lost(id, "training, epoch 3 of 9", 300, 7);
        progress.write(id, 1, new ProgressTable.Progress("training, epoch 4 of 9", 301, 900, 1, 1, 1, 0));

        worker.work(id, "worker");

        assertThat(runs.run(id).attempt()).isEqualTo(2);
        assertThat(said("failure", id)).doesNotContain("without a word");
        assertThat(said("losses", id)).isEqualTo("1");
    }

    private String said(String column, UUID id) {
        return jdbc.sql("select " + column + "::text from run where id = ?")
                .param(id)
                .query(String.class)
                .single();
    }

    /** Leaves a run as workers leave it that are killed so often at this step. */
    private void lost(UUID id, String label, long done, int times) {
        transaction.executeWithoutResult(ignored -> {
            var run = runs.lock(id);
            run.begin("killed", Instant.now());
            for (int i = 0; i < times; i++) {
                run.lost("TRAIN " + label.substring(0, label.indexOf(',')), done - i);
            }
            repository.save(run);
        });
    }

    private UUID saved() {
        var recipe = new Recipe(1, 32, 0.1, 0.9, 0, Recipe.Schedule.CONSTANT, false);
        var order = new Training(new TrainingSource(Ids.next(), null, 0.2, 1), recipe, null, 1, null);
        var run = RunEntity.training(Ids.next(), Ids.next(), Ids.next(), order, "key:test", Instant.now());
        return repository.save(run).id();
    }
}
