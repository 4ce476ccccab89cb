package io.expunge.evidence;

import io.expunge.audit.Actor;
import io.expunge.catalog.Models;
import io.expunge.catalog.Versions;
import io.expunge.erasure.Forgotten;
import io.expunge.metric.Finding;
import io.expunge.metric.Findings;
import io.expunge.run.Runs;
import io.expunge.run.Stage;
import io.expunge.run.StageHandler;
import io.expunge.run.StageWork;
import java.util.Objects;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Makes the candidate the champion, its requests served and a certificate of it, all at once. */
@Component
class PublishStage implements StageHandler {

    private final Runs runs;
    private final Models models;
    private final Versions versions;
    private final EvaluationRepository evaluations;
    private final Certificates certificates;
    private final Forgotten forgotten;

    PublishStage(
            Runs runs,
            Models models,
            Versions versions,
            EvaluationRepository evaluations,
            Certificates certificates,
            Forgotten forgotten) {
        this.runs = runs;
        this.models = models;
        this.versions = versions;
        this.evaluations = evaluations;
        this.certificates = certificates;
        this.forgotten = forgotten;
    }

    @Override
    public Stage stage() {
        return Stage.PUBLISH;
    }

    @Override
    public void execute(StageWork work) {
        var run = work.run();
        work.inTransaction(() -> {
            var evaluation = evaluations.findById(run.id()).orElseThrow();
            var candidate = Objects.requireNonNull(run.candidateVersionId());
            if (!Objects.equals(
                    versions.version(candidate).parentId(),
                    models.model(run.modelId()).champion())) {
                // published now, it would bring back what another version has forgotten meanwhile
                evaluation.again();
                evaluations.save(evaluation);
                runs.editAgain(run.id());
                return;
            }
            Findings findings = evaluation.findings();
            if (findings != null) {
                versions.recordMetrics(
                        candidate,
                        findings.findings().stream().collect(Collectors.toMap(Finding::check, Finding::after)));
            }
            forgotten.requireNobodyKnown(run.controller(), run.modelId(), candidate, run.id());
            versions.publish(candidate, Actor.system(run.controller()));
            runs.succeed(run.id());
            certificates.issue(run, evaluation);
        });
    }
}
