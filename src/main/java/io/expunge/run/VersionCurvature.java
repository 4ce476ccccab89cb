package io.expunge.run;

import io.expunge.catalog.Artifacts;
import io.expunge.catalog.TextSets;
import io.expunge.catalog.TrainingSets;
import io.expunge.engine.Examples;
import io.expunge.engine.ImageStream;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.ModelRefused;
import io.expunge.engine.MomentStream;
import io.expunge.engine.Monitor;
import io.expunge.engine.Network;
import io.expunge.engine.SecondMoments;
import io.expunge.engine.Sequences;
import io.expunge.engine.Stopped;
import io.expunge.erasure.Forgotten;
import io.expunge.influence.CurvatureStore;
import io.expunge.method.Curvatures;
import io.expunge.shared.Problem;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** Curvature factors of published versions: kept beside a version for every later run, gone with it. */
@Component
class VersionCurvature {

    private final Artifacts artifacts;
    private final TextSets sets;
    private final TrainingSets images;
    private final Forgotten forgotten;

    VersionCurvature(Artifacts artifacts, TextSets sets, TrainingSets images, Forgotten forgotten) {
        this.artifacts = artifacts;
        this.sets = sets;
        this.images = images;
        this.forgotten = forgotten;
    }

    /** Those of a version, collected under monitors of a stage where they are not there yet. */
    Curvatures of(StageWork work, UUID version, Monitor monitor) {
        var store = new CurvatureStore(artifacts.curvature(version), version.toString());
        var controller = work.run().controller();
        return new Curvatures() {
            @Override
            public SecondMoments of(LanguageModel model, MomentStream stream) {
                return store.of(model, stream, work::monitor);
            }

            @Override
            public SecondMoments of(Network network, ImageStream stream) {
                return store.of(network, stream, work::monitor);
            }

            @Override
            public Sequences texts(UUID dataset) {
                return found(() -> sets.texts(controller, dataset, version, forgotten.ofDataset(controller, dataset)));
            }

            @Override
            public Examples images(UUID dataset) {
                return found(() -> VersionCurvature.this.images.images(
                        controller, dataset, forgotten.ofDataset(controller, dataset)));
            }

            private <T> T found(Supplier<T> dataset) {
                try {
                    return dataset.get();
                } catch (Problem e) {
                    throw new ModelRefused(String.valueOf(e.getMessage()));
                }
            }

            @Override
            public void progress(String what, long done, long total) {
                monitor.progress(what, done, total, Double.NaN);
                if (monitor.stopRequested()) {
                    throw new Stopped(done);
                }
            }
        };
    }
}
