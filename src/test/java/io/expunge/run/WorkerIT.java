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

    private UUID saved() {
        var recipe = new Recipe(1, 32, 0.1, 0.9, 0, Recipe.Schedule.CONSTANT, false);
        var order = new Training(new TrainingSource(Ids.next(), null, 0.2, 1), recipe, null, 1, null);
        var run = RunEntity.training(Ids.next(), Ids.next(), Ids.next(), order, "key:test", Instant.now());
        return repository.save(run).id();
    }
}
