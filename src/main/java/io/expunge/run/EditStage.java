package io.expunge.run;

import io.expunge.catalog.Candidate;
import io.expunge.catalog.Models;
import io.expunge.catalog.TrainingSets;
import io.expunge.catalog.VersionView;
import io.expunge.catalog.Versions;
import io.expunge.engine.Collapse;
import io.expunge.engine.Network;
import io.expunge.engine.Session;
import io.expunge.method.Method;
import io.expunge.method.NetworkMethod;
import io.expunge.method.Task;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.UUID;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/** Applies the run's method to the model's champion and proposes the result. */
@Component
class EditStage implements StageHandler {

    private final Runs runs;
    private final Models models;
    private final Versions versions;
    private final TrainingSets sets;
    private final ApplicationEventPublisher events;

    EditStage(Runs runs, Models models, Versions versions, TrainingSets sets, ApplicationEventPublisher events) {
        this.runs = runs;
        this.models = models;
        this.versions = versions;
        this.sets = sets;
        this.events = events;
    }

    @Override
    public Stage stage() {
        return Stage.EDIT;
    }

    @Override
    public void execute(StageWork work) {
        var run = work.run();
        var model = models.model(run.modelId());
        var parent = versions.version(parent(work));
        var data = sets.split(parent.id(), run.forget());
        if (data.forget().size() == 0) {
            // an earlier run of this lineage has forgotten them already
            work.inTransaction(() -> runs.succeed(run.id()));
            return;
        }
        var method = (NetworkMethod) Objects.requireNonNull(run.method());
        var edited = work.workspace().resolve("edited.safetensors");
        long began = System.nanoTime();
        try (var network = Network.load(model.architecture(), versions.weights(parent.id()))) {
            method.apply(new Task(
                    network,
                    data.forget(),
                    data.retain(),
                    parent.recipe(),
                    versions.rewind(parent.id()).map(file -> Network.read(model.architecture(), file)),
                    new Session(work.monitor("edit-" + name(method, parent.id())))));
            Collapse.check(network, data.retain());
            network.save(edited);
        } finally {
            runs.spent(run.id(), run.attempt(), (System.nanoTime() - began) / 1e9);
        }
        work.inTransaction(() -> {
            var candidate = versions.propose(new Candidate(
                    model.id(),
                    parent.id(),
                    run.id(),
                    VersionView.Origin.UNLEARNED,
                    parent.source(),
                    parent.recipe(),
                    parent.seed(),
                    edited,
                    null, // the parent's early weights know what this version forgot
                    run.forget()));
            runs.proposed(run.id(), candidate);
            events.publishEvent(new RunEdited(run.id(), candidate));
        });
    }

    /** One name for each method on each parent, so that none resumes from the checkpoint of another. */
    private static UUID name(Method method, UUID parent) {
        return UUID.nameUUIDFromBytes((method + " " + parent).getBytes(StandardCharsets.UTF_8));
    }

    /** The champion when the edit began; the same one for every attempt at it. */
    private UUID parent(StageWork work) {
        var known = work.run().parentVersionId();
        if (known != null) {
            return known;
        }
        var champion = Objects.requireNonNull(models.model(work.run().modelId()).champion());
        work.inTransaction(() -> runs.editing(work.run().id(), champion));
        return champion;
    }
}
