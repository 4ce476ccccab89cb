package io.expunge.run;

import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.catalog.Disposal;
import io.expunge.erasure.Erasures;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Destroys a model with all its versions: nothing of it can be served, edited or restored afterwards. */
@Component
class DestroyStage implements StageHandler {

    private final Runs runs;
    private final Disposal disposal;
    private final Erasures erasures;
    private final EnsembleErasure ensembles;
    private final AuditLog audit;

    DestroyStage(Runs runs, Disposal disposal, Erasures erasures, EnsembleErasure ensembles, AuditLog audit) {
        this.runs = runs;
        this.disposal = disposal;
        this.erasures = erasures;
        this.ensembles = ensembles;
        this.audit = audit;
    }

    @Override
    public Stage stage() {
        return Stage.DESTROY;
    }

    @Override
    public void execute(StageWork work) {
        var run = work.run();
        var by = new Actor(run.controller(), ZoneOffset.UTC, run.starter(), Set.of());
        work.inTransaction(() -> {
            disposal.condemnModel(run.modelId(), by);
            ensembles.condemnModel(run.modelId(), by);
        });
        disposal.eraseCondemned(disposal.condemnedOf(run.modelId()), by);
        ensembles.eraseModel(run.modelId(), by);
        work.inTransaction(() -> {
            runs.served(run.id(), erasures.destroyed(run.modelId()));
            audit.append(
                    by,
                    "model.destroyed",
                    "model",
                    run.modelId(),
                    Map.of("run", run.id().toString()));
            runs.succeed(run.id());
        });
    }
}
