package io.expunge.evidence;

import io.expunge.catalog.Models;
import io.expunge.catalog.TrainingSets;
import io.expunge.catalog.VersionView;
import io.expunge.catalog.Versions;
import io.expunge.engine.LanguageArchitecture;
import io.expunge.engine.Network;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.metric.Battery;
import io.expunge.metric.EvaluationSets;
import io.expunge.metric.Findings;
import io.expunge.run.RunPurpose;
import io.expunge.run.Runs;
import io.expunge.run.Stage;
import io.expunge.run.StageHandler;
import io.expunge.run.StageWork;
import io.expunge.shared.Problem;
import java.time.Clock;
import java.util.Objects;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Compares the candidate with its parent and with retrained models. */
@Component
class MeasureStage implements StageHandler {

    private final Runs runs;
    private final Models models;
    private final Versions versions;
    private final TrainingSets sets;
    private final TextMeasurement texts;
    private final DivergenceMeasurement divergence;
    private final EvaluationRepository evaluations;
    private final Clock clock;

    MeasureStage(
            Runs runs,
            Models models,
            Versions versions,
            TrainingSets sets,
            TextMeasurement texts,
            DivergenceMeasurement divergence,
            EvaluationRepository evaluations,
            Clock clock) {
        this.runs = runs;
        this.models = models;
        this.versions = versions;
        this.sets = sets;
        this.texts = texts;
        this.divergence = divergence;
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
        var parent = versions.version(Objects.requireNonNull(run.parentVersionId()));
        var candidate = Objects.requireNonNull(run.candidateVersionId());
        var rules = evaluations.findById(run.id()).orElseThrow().rules();
        int count = rules.references();
        var measured = switch (models.model(run.modelId()).architecture()) {
            case NetworkArchitecture network ->
                divergence.add(
                        measure(work, network, parent, candidate, count),
                        work,
                        network,
                        parent,
                        rules.divergenceModels());
            case LanguageArchitecture ignored ->
                run.purpose() == RunPurpose.DEMEMORISATION
                        ? texts.recitation(work, parent, candidate)
                        : divergence.add(
                                texts.measure(work, parent, candidate, count), work, parent, rules.divergenceModels());
        };
        work.inTransaction(() -> {
            var evaluation = evaluations.findById(run.id()).orElseThrow();
            evaluation.measured(
                    measured.findings(),
                    runs.run(run.id()).editSeconds(),
                    measured.referenceSeconds(),
                    clock.instant());
            evaluations.save(evaluation);
            runs.advance(run.id(), Stage.JUDGE);
        });
    }

    /**
     * What was measured.
     *
     * @param referenceSeconds mean time of one retraining
     */
    record Measured(Findings findings, double referenceSeconds) {

        Measured with(Findings others) {
            return new Measured(others, referenceSeconds);
        }
    }

    private Measured measure(
            StageWork work, NetworkArchitecture architecture, VersionView parent, UUID candidate, int count) {
        var run = work.run();
        var data = sets.split(parent.id(), run.forget());
        if (data.test().size() == 0) {
            throw Problem.conflict(
                    "no-held-out-records",
                    "the version has no held-out records, without which nothing can be measured; train it with a larger "
                            + "testFraction or a testDatasetId");
        }
        try (var references = References.of(work, architecture, parent, data, count);
                var before = Network.load(architecture, versions.weights(parent.id()));
                var after = Network.load(architecture, versions.weights(candidate))) {
            var findings = new Battery(run.id().getLeastSignificantBits())
                    .measure(
                            before,
                            after,
                            references.networks(),
                            new EvaluationSets(data.forget(), data.retain(), data.test()),
                            parent.trained().ofNetwork(),
                            work.monitor("measuring"));
            return new Measured(findings, references.meanSeconds());
        }
    }
}
