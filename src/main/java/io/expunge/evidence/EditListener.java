package io.expunge.evidence;

import io.expunge.run.RunEdited;
import io.expunge.run.RunUnserved;
import io.expunge.run.Runs;
import io.expunge.run.Stage;
import java.util.Objects;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** An edit that has ended is measured next; told in the edit's own transaction. */
@Component
class EditListener {

    private final Runs runs;
    private final EvaluationRepository evaluations;

    EditListener(Runs runs, EvaluationRepository evaluations) {
        this.runs = runs;
        this.evaluations = evaluations;
    }

    @EventListener
    void edited(RunEdited event) {
        runs.advance(event.runId(), Stage.MEASURE);
    }

    /** What the method cannot serve, the policy's next one may. */
    @EventListener
    void unserved(RunUnserved event) {
        var id = event.runId();
        var evaluation = evaluations.findById(id).orElseThrow();
        var next = evaluation.unserved(Objects.requireNonNull(runs.run(id).method()));
        evaluations.save(evaluation);
        next.ifPresentOrElse(
                method -> runs.tryNext(id, method),
                () -> runs.fail(id, "the last method of the policy cannot serve: it " + event.reason()));
    }
}
