package io.expunge.evidence;

import io.expunge.run.RunEdited;
import io.expunge.run.Runs;
import io.expunge.run.Stage;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** An edit that has ended is measured next; told in the edit's own transaction. */
@Component
class EditListener {

    private final Runs runs;

    EditListener(Runs runs) {
        this.runs = runs;
    }

    @EventListener
    void edited(RunEdited event) {
        runs.advance(event.runId(), Stage.MEASURE);
    }
}
