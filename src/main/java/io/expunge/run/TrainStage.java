package io.expunge.run;

import io.expunge.audit.Actor;
import io.expunge.catalog.Candidate;
import io.expunge.catalog.Models;
import io.expunge.catalog.TrainingSets;
import io.expunge.catalog.VersionView;
import io.expunge.catalog.Versions;
import io.expunge.engine.Collapse;
import io.expunge.engine.Trainer;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Trains a version from nothing and publishes it. */
@Component
class TrainStage implements StageHandler {

    private final Runs runs;
    private final Models models;
    private final Versions versions;
    private final TrainingSets sets;

    TrainStage(Runs runs, Models models, Versions versions, TrainingSets sets) {
        this.runs = runs;
        this.models = models;
        this.versions = versions;
        this.sets = sets;
    }

    @Override
    public Stage stage() {
        return Stage.TRAIN;
    }

    @Override
    public void execute(StageWork work) {
        var run = work.run();
        var order = runs.trainingOrder(run.id());
        var model = models.model(run.modelId());
        var data = sets.training(order.source());
        var rewind = work.workspace().resolve("rewind.safetensors");
        var weights = work.workspace().resolve("trained.safetensors");
        double accuracy;
        try (var network = Trainer.train(
                model.architecture(),
                order.recipe(),
                data.train(),
                order.seed(),
                work.monitor("training-" + data.train().size()),
                Optional.of(rewind))) {
            Collapse.check(network, data.train());
            network.save(weights);
            accuracy = Accuracy.of(network, data.test());
        }
        work.inTransaction(() -> {
            var version = versions.propose(new Candidate(
                    model.id(),
                    null,
                    run.id(),
                    VersionView.Origin.TRAINED,
                    order.source(),
                    order.recipe(),
                    order.seed(),
                    weights,
                    Files.exists(rewind) ? rewind : null,
                    List.copyOf(data.forgotten())));
            versions.recordMetrics(version, Map.of("testAccuracy", accuracy));
            versions.publish(version, Actor.system(run.controller()));
            runs.proposed(run.id(), version);
            runs.succeed(run.id());
        });
    }
}
