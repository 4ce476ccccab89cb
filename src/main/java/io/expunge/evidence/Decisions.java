package io.expunge.evidence;

import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.catalog.Models;
import io.expunge.catalog.Versions;
import io.expunge.erasure.Forgotten;
import io.expunge.run.RunState;
import io.expunge.run.RunView;
import io.expunge.run.Runs;
import io.expunge.run.Stage;
import io.expunge.shared.Problem;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What people decide: approval, rejection, roll-back. */
@Service
class Decisions {

    private final Runs runs;
    private final EvaluationRepository evaluations;
    private final Models models;
    private final Versions versions;
    private final Forgotten forgotten;
    private final AuditLog audit;
    private final Clock clock;

    Decisions(
            Runs runs,
            EvaluationRepository evaluations,
            Models models,
            Versions versions,
            Forgotten forgotten,
            AuditLog audit,
            Clock clock) {
        this.runs = runs;
        this.evaluations = evaluations;
        this.models = models;
        this.versions = versions;
        this.forgotten = forgotten;
        this.audit = audit;
        this.clock = clock;
    }

    /** Lets the candidate be published; not by whoever asked for the run or filed one of its requests. */
    @PreAuthorize("hasRole('PRIVACY_OFFICER')")
    @Transactional
    public void approve(UUID runId) {
        var actor = Actor.current();
        var run = awaiting(runId);
        if (run.starter().equals(actor.name()) || run.submitters().contains(actor.name())) {
            throw new Problem(
                    Problem.Kind.FORBIDDEN,
                    "four-eyes",
                    "somebody else than who started the run or filed its requests must approve it");
        }
        decide(actor, runId, "approved");
        runs.goOn(runId, Stage.PUBLISH);
    }

    /** Discards the candidate; the requests need a person, who may order a run with another method. */
    @PreAuthorize("hasRole('PRIVACY_OFFICER')")
    @Transactional
    public void reject(UUID runId) {
        var actor = Actor.current();
        awaiting(runId);
        decide(actor, runId, "rejected");
        runs.fail(runId, "rejected by a person");
    }

    /**
     * Moves a model back to an earlier version.
     *
     * @throws Problem 409 if that version knows somebody who was forgotten since; it names the requests
     */
    @PreAuthorize("hasRole('PRIVACY_OFFICER')")
    @Transactional
    public void rollBack(UUID modelId, UUID versionId) {
        var actor = Actor.current();
        models.ownModel(modelId);
        versions.rollBack(modelId, versionId, actor);
        forgotten.requireNobodyKnown(actor.controller(), modelId, versionId, null);
    }

    private RunView awaiting(UUID runId) {
        var run = runs.ownRun(runId);
        if (run.state() != RunState.AWAITING_APPROVAL) {
            throw Problem.conflict("nothing-to-decide", "run " + runId + " does not await a decision");
        }
        return run;
    }

    /** The reason that a person gives may hold personal data, so it is not kept; that and by whom it was given is. */
    private void decide(Actor actor, UUID runId, String what) {
        var evaluation = evaluations.findById(runId).orElseThrow();
        evaluation.decide(actor.name(), what, clock.instant());
        evaluations.save(evaluation);
        audit.append(actor, "run." + what, "run", runId, Map.of());
    }
}
