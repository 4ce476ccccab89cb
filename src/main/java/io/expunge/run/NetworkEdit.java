package io.expunge.run;

import io.expunge.catalog.TrainingSets;
import io.expunge.catalog.VersionView;
import io.expunge.catalog.Versions;
import io.expunge.engine.Collapse;
import io.expunge.engine.ModelRefused;
import io.expunge.engine.Monitor;
import io.expunge.engine.Network;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.engine.Session;
import io.expunge.method.NetworkMethod;
import io.expunge.method.Task;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Edits classifiers. */
@Component
class NetworkEdit {

    private final Versions versions;
    private final TrainingSets sets;
    private final Predictions predictions;
    private final VersionCurvature curvature;

    NetworkEdit(Versions versions, TrainingSets sets, Predictions predictions, VersionCurvature curvature) {
        this.versions = versions;
        this.sets = sets;
        this.predictions = predictions;
        this.curvature = curvature;
    }

    /** The address of the edited files; empty if {@code parent} has nothing to forget. */
    Optional<byte[]> edit(
            StageWork work,
            VersionView parent,
            NetworkArchitecture architecture,
            NetworkMethod method,
            Optional<UUID> taught,
            Monitor monitor) {
        var data = sets.split(parent.id(), work.run().forget());
        if (data.forget().size() == 0) {
            return Optional.empty();
        }
        if (data.retain().size() == 0) {
            throw new ModelRefused(
                    "no record of the version would stay, so nothing can be kept; destroy the model instead");
        }
        var edited = work.workspace().resolve("edited.safetensors");
        var training = parent.trained();
        var lesson = predictions.lesson(
                method, taught, parent, architecture.classes(), work.run().forget(), monitor);
        try (var network = Network.load(architecture, versions.weights(parent.id()))) {
            method.apply(new Task(
                    network,
                    data.forget(),
                    data.retain(),
                    training.ofNetwork(),
                    versions.rewind(parent.id()).map(file -> Network.read(architecture, file)),
                    lesson.predicted().map(predicted -> predicted.apply(network)),
                    lesson.retrained(),
                    curvature.of(work, parent.id(), monitor),
                    new Session(monitor)));
            Collapse.check(network, data.retain());
            network.save(edited);
        }
        // the parent's early weights know what this version forgot
        return Optional.of(versions.store(architecture, training.source(), edited, null));
    }
}
