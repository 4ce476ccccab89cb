package io.expunge.run;

import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.catalog.Integrity;
import io.expunge.erasure.Forgotten;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Looks again at what is published: whether its files are those that were certified, and whether it knows anybody whom its
 * model was made to forget. The log says so each time.
 */
@Component
class Reverification implements LightTask {

    private static final Logger log = LoggerFactory.getLogger(Reverification.class);
    private static final int AT_ONCE = 20;

    private final Integrity integrity;
    private final Forgotten forgotten;
    private final AuditLog audit;
    private final RunSettings settings;
    private final TransactionTemplate transaction;
    private final Clock clock;

    Reverification(
            Integrity integrity,
            Forgotten forgotten,
            AuditLog audit,
            RunSettings settings,
            TransactionTemplate transaction,
            Clock clock) {
        this.integrity = integrity;
        this.forgotten = forgotten;
        this.audit = audit;
        this.settings = settings;
        this.transaction = transaction;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "re-verification";
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(10);
    }

    @Override
    public void execute() {
        integrity.due(clock.instant().minus(settings.verifyEvery()), AT_ONCE).forEach(due -> {
            try {
                verify(due);
            } catch (RuntimeException e) {
                // one that cannot be looked at must not hide the others
                log.error(
                        "version {} could not be verified: {}",
                        due.version(),
                        e.getClass().getName());
            }
        });
    }

    private void verify(Integrity.Due due) {
        boolean intact = integrity.intact(due.version());
        boolean knows = forgotten.knows(due.controller(), due.model(), due.version());
        boolean sound = intact && !knows;
        transaction.executeWithoutResult(status -> {
            if (!integrity.found(due.version(), sound, clock.instant())) {
                return;
            }
            audit.append(
                    Actor.system(due.controller()),
                    sound ? "version.verified" : "version.unsound",
                    "version",
                    due.version(),
                    Map.of("filesIntact", intact, "knowsForgotten", knows));
        });
        if (!sound) {
            log.error(
                    "published version {} is not sound: its files are {}, and it {}",
                    due.version(),
                    intact ? "intact" : "others than those that were published",
                    knows ? "knows somebody whom its model has forgotten" : "knows nobody who was forgotten");
        }
    }
}
