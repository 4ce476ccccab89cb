package io.expunge.run;

import io.expunge.catalog.Models;
import io.expunge.catalog.RecordRef;
import io.expunge.erasure.Erasures;
import io.expunge.shared.Problem;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Fixes what the run edits and what it makes it forget. Both may have changed since the run was ordered: another version
 * may have become the champion, with other records of the same people.
 */
@Component
class ResolveStage implements StageHandler {

    private final Runs runs;
    private final Models models;
    private final Erasures erasures;

    ResolveStage(Runs runs, Models models, Erasures erasures) {
        this.runs = runs;
        this.models = models;
        this.erasures = erasures;
    }

    @Override
    public Stage stage() {
        return Stage.RESOLVE;
    }

    @Override
    public void execute(StageWork work) {
        var run = work.run();
        work.inTransaction(() -> {
            var champion = models.model(run.modelId()).champion();
            if (champion == null) {
                throw Problem.conflict("model-not-trained", "model " + run.modelId() + " has no version to edit");
            }
            var forget =
                    run.purpose() == RunPurpose.DEMEMORISATION ? List.<RecordRef>of() : erasures.resolveAgain(run.id());
            runs.resolved(run.id(), champion, forget);
        });
    }
}
