package io.expunge.evidence;

import io.expunge.erasure.Erasures;
import io.expunge.run.LightTask;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Looks for models that must forget and have no run. */
@Component
class Planner implements LightTask {

    private static final Logger log = LoggerFactory.getLogger(Planner.class);

    private final Erasures erasures;
    private final Planning planning;

    Planner(Erasures erasures, Planning planning) {
        this.erasures = erasures;
        this.planning = planning;
    }

    @Override
    public String name() {
        return "run-planning";
    }

    @Override
    public Duration every() {
        return Duration.ofSeconds(1);
    }

    @Override
    public void execute() {
        for (var model : erasures.modelsWaiting()) {
            try {
                planning.plan(model);
            } catch (RuntimeException e) {
                // one model that cannot be planned must not hold up the others
                log.error("no run could be planned for model {}", model, e);
            }
        }
    }
}
