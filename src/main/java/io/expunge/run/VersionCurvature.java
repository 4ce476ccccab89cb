package io.expunge.run;

import io.expunge.catalog.Artifacts;
import io.expunge.catalog.TextSets;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.ModelRefused;
import io.expunge.engine.MomentStream;
import io.expunge.engine.Monitor;
import io.expunge.engine.SecondMoments;
import io.expunge.engine.Sequences;
import io.expunge.engine.Stopped;
import io.expunge.erasure.Forgotten;
import io.expunge.influence.CurvatureStore;
import io.expunge.method.Curvatures;
import io.expunge.shared.Problem;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Curvature factors of published versions: kept beside a version for every later run, gone with it. */
@Component
class VersionCurvature {

    private final Artifacts artifacts;
    private final TextSets sets;
    private final Forgotten forgotten;

    VersionCurvature(Artifacts artifacts, TextSets sets, Forgotten forgotten) {
        this.artifacts = artifacts;
        this.sets = sets;
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
            public Sequences texts(UUID dataset) {
                try {
                    return sets.texts(controller, dataset, version, forgotten.ofDataset(controller, dataset));
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
