package io.expunge.run;

import io.expunge.catalog.Candidate;
import io.expunge.catalog.TrainingSets;
import io.expunge.catalog.VersionView;
import io.expunge.catalog.Versions;
import io.expunge.engine.Collapse;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.engine.Trainer;
import io.expunge.erasure.Forgotten;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Trains classifiers from nothing. */
@Component
class NetworkTraining {

    private final Runs runs;
    private final Versions versions;
    private final TrainingSets sets;
    private final Forgotten forgotten;

    NetworkTraining(Runs runs, Versions versions, TrainingSets sets, Forgotten forgotten) {
        this.runs = runs;
        this.versions = versions;
        this.sets = sets;
        this.forgotten = forgotten;
    }

    void train(StageWork work, NetworkArchitecture architecture) {
        var run = work.run();
        var order = runs.trainingOrder(run.id());
        var data = sets.training(
                order.source(),
                forgotten.ofDataset(run.controller(), order.source().datasetId()));
        var rewind = work.workspace().resolve("rewind.safetensors");
        var weights = work.workspace().resolve("trained.safetensors");
        double accuracy;
        try (var network = Trainer.train(
                architecture,
                order.ofNetwork(),
                data.train(),
                order.seed(),
                work.monitor("training-" + data.train().size()),
                Optional.of(rewind))) {
            Collapse.check(network, data.train());
            network.save(weights);
            accuracy = Accuracy.of(network, data.test());
        }
        var address = versions.store(architecture, order.source(), weights, Files.exists(rewind) ? rewind : null);
        work.inTransaction(() -> runs.trained(
                run.id(),
                new Candidate(
                        run.modelId(),
                        null,
                        run.id(),
                        VersionView.Origin.TRAINED,
                        order,
                        address,
                        List.copyOf(data.forgotten())),
                Map.of("testAccuracy", accuracy)));
    }
}
