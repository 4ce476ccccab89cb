package io.expunge.run;

import io.expunge.catalog.Candidate;
import io.expunge.catalog.Models;
import io.expunge.catalog.VersionView;
import io.expunge.catalog.Versions;
import io.expunge.engine.LanguageArchitecture;
import io.expunge.engine.Monitor;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.method.LanguageMethod;
import io.expunge.method.Method;
import io.expunge.method.NetworkMethod;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/** Applies the run's method to the model's champion and proposes the result. */
@Component
class EditStage implements StageHandler {

    private final Runs runs;
    private final Models models;
    private final Versions versions;
    private final NetworkEdit networks;
    private final LanguageEdit languageModels;
    private final Predictions predictions;
    private final ApplicationEventPublisher events;

    EditStage(
            Runs runs,
            Models models,
            Versions versions,
            NetworkEdit networks,
            LanguageEdit languageModels,
            Predictions predictions,
            ApplicationEventPublisher events) {
        this.runs = runs;
        this.models = models;
        this.versions = versions;
        this.networks = networks;
        this.languageModels = languageModels;
        this.predictions = predictions;
        this.events = events;
    }

    @Override
    public Stage stage() {
        return Stage.EDIT;
    }

    @Override
    public void execute(StageWork work) {
        var run = work.run();
        var parent = versions.version(Objects.requireNonNull(run.parentVersionId()));
        long began = System.nanoTime();
        Optional<byte[]> edited;
        try {
            edited = edited(work, parent);
        } catch (Unserved e) {
            // what this method spent in vain is not charged to the next
            var reason = String.valueOf(e.getMessage());
            work.inTransaction(() -> {
                runs.unserved(run.id(), reason);
                events.publishEvent(new RunUnserved(run.id(), reason));
            });
            return;
        } catch (RuntimeException e) {
            runs.spent(run.id(), run.attempt(), (System.nanoTime() - began) / 1e9);
            throw e;
        }
        runs.spent(run.id(), run.attempt(), (System.nanoTime() - began) / 1e9);
        if (edited.isEmpty()) {
            // an earlier run of this lineage has forgotten them already
            work.inTransaction(() -> runs.succeed(run.id()));
            return;
        }
        work.inTransaction(() -> {
            var candidate = versions.propose(new Candidate(
                    run.modelId(),
                    parent.id(),
                    run.id(),
                    VersionView.Origin.UNLEARNED,
                    parent.trained(),
                    edited.get(),
                    run.forget()));
            runs.proposed(run.id(), candidate);
            events.publishEvent(new RunEdited(run.id(), candidate));
        });
    }

    private Optional<byte[]> edited(StageWork work, VersionView parent) {
        var method = Objects.requireNonNull(work.run().method());
        var taught = predictions.ensembleFor(method, parent.id(), work.run().requestIds());
        taught.ifPresent(ensemble -> runs.taught(work.run().id(), ensemble));
        Monitor monitor = work.monitor("edit-" + name(method, parent.id(), taught));
        return switch (models.model(work.run().modelId()).architecture()) {
            case NetworkArchitecture network ->
                networks.edit(work, parent, network, (NetworkMethod) method, taught, monitor);
            case LanguageArchitecture ignored -> languageModels.edit(work, parent, (LanguageMethod) method, monitor);
        };
    }

    /** One name for each method on each parent by each teacher, so that none resumes from the checkpoint of another. */
    private static UUID name(Method method, UUID parent, Optional<UUID> taught) {
        var all = method + " " + parent + taught.map(ensemble -> " " + ensemble).orElse("");
        return UUID.nameUUIDFromBytes(all.getBytes(StandardCharsets.UTF_8));
    }
}
