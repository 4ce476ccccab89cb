package io.expunge.evidence;

import io.expunge.catalog.Models;
import io.expunge.catalog.TrainingSets;
import io.expunge.catalog.Versions;
import io.expunge.engine.Network;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.metric.Battery;
import io.expunge.metric.EvaluationSets;
import io.expunge.metric.Findings;
import io.expunge.run.Runs;
import io.expunge.run.Stage;
import io.expunge.run.StageHandler;
import io.expunge.run.StageWork;
import io.expunge.shared.Problem;
import java.time.Clock;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** Compares the candidate with its parent and with retrained models. */
@Component
class MeasureStage implements StageHandler {

    private final Runs runs;
    private final Models models;
    private final Versions versions;
    private final TrainingSets sets;
    private final EvaluationRepository evaluations;
    private final Clock clock;

    MeasureStage(
            Runs runs,
            Models models,
            Versions versions,
            TrainingSets sets,
            EvaluationRepository evaluations,
            Clock clock) {
        this.runs = runs;
        this.models = models;
        this.versions = versions;
        this.sets = sets;
        this.evaluations = evaluations;
        this.clock = clock;
    }

    @Override
    public Stage stage() {
        return Stage.MEASURE;
    }

    @Override
    public void execute(StageWork work) {
        var run = work.run();
        var model = models.model(run.modelId());
        if (!(model.architecture() instanceof NetworkArchitecture architecture)) {
            throw new Problem(Problem.Kind.REFUSED, "not-measurable", "language models cannot be measured yet");
        }
        var parent = versions.version(Objects.requireNonNull(run.parentVersionId()));
        var candidate = Objects.requireNonNull(run.candidateVersionId());
        var data = sets.split(parent.id(), run.forget());
        var rules = evaluations.findById(run.id()).orElseThrow().rules();
        Findings findings;
        double reference;
        try (var references = References.of(work, architecture, parent, data, rules.references());
                var before = Network.load(architecture, versions.weights(parent.id()));
                var after = Network.load(architecture, versions.weights(candidate))) {
            findings = new Battery(run.id().getLeastSignificantBits())
                    .measure(
                            before,
                            after,
                            references.networks(),
                            new EvaluationSets(data.forget(), data.retain(), data.test()),
                            parent.trained().ofNetwork(),
                            work.monitor("measuring"));
            reference = references.meanSeconds();
        }
        work.inTransaction(() -> {
            var evaluation = evaluations.findById(run.id()).orElseThrow();
            evaluation.measured(findings, runs.run(run.id()).editSeconds(), reference, clock.instant());
            evaluations.save(evaluation);
            runs.advance(run.id(), Stage.JUDGE);
        });
    }
}
