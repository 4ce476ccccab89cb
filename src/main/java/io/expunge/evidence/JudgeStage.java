package io.expunge.evidence;

import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.method.ExactRetraining;
import io.expunge.metric.Outcome;
import io.expunge.metric.Verdict;
import io.expunge.run.Runs;
import io.expunge.run.Stage;
import io.expunge.run.StageHandler;
import io.expunge.run.StageWork;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** Holds the findings against the limits that were fixed beforehand and does what the policy says. */
@Component
class JudgeStage implements StageHandler {

    private final Runs runs;
    private final EvaluationRepository evaluations;
    private final AuditLog audit;
    private final Clock clock;

    JudgeStage(Runs runs, EvaluationRepository evaluations, AuditLog audit, Clock clock) {
        this.runs = runs;
        this.evaluations = evaluations;
        this.audit = audit;
        this.clock = clock;
    }

    @Override
    public Stage stage() {
        return Stage.JUDGE;
    }

    @Override
    public void execute(StageWork work) {
        var run = work.run();
        work.inTransaction(() -> {
            var evaluation = evaluations.findById(run.id()).orElseThrow();
            var rules = evaluation.rules();
            var method = Objects.requireNonNull(run.method());
            var verdict = Verdict.of(Objects.requireNonNull(evaluation.findings()), rules.thresholds());
            evaluation.judged(verdict);
            audit.append(
                    Actor.system(run.controller()),
                    "run.judged",
                    "run",
                    run.id(),
                    Map.of("method", method.name(), "verdict", verdict.outcome().name()));
            if (verdict.outcome() == Outcome.PASSED) {
                if (rules.approvalByPerson()) {
                    runs.awaitApproval(run.id());
                } else {
                    evaluation.decide("policy " + evaluation.policy(), "approved", clock.instant());
                    runs.advance(run.id(), Stage.PUBLISH);
                }
            } else {
                notPassed(work, evaluation, verdict);
            }
            evaluations.save(evaluation);
        });
    }

    private void notPassed(StageWork work, EvaluationEntity evaluation, Verdict verdict) {
        var id = work.run().id();
        var method = Objects.requireNonNull(work.run().method());
        if (method instanceof ExactRetraining) {
            // exact by construction and nothing could come closer, so a person weighs what was measured
            runs.awaitApproval(id);
            return;
        }
        var next = evaluation.next(method);
        if (next.isPresent()) {
            runs.tryNext(id, next.get());
        } else {
            runs.fail(id, "the last method of the policy was judged " + verdict.outcome());
        }
    }
}
