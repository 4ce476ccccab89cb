package io.expunge.run;

import io.expunge.audit.AuditLog;
import io.expunge.audit.AuditSettings;
import io.expunge.audit.Checkpoints;
import io.expunge.catalog.Pseudonyms;
import io.expunge.erasure.DeadlineWatch;
import io.expunge.erasure.Erasures;
import io.expunge.erasure.OldRequests;
import io.expunge.erasure.Payloads;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The recurring work of modules that know no queue. */
@Configuration(proxyBeanMethods = false)
class HouseTasks {

    private static final int REQUESTS_AT_ONCE = 100;
    private static final int ENTRIES_AT_ONCE = 5_000;

    private record Task(String name, Duration every, Runnable work) implements LightTask {

        @Override
        public void execute() {
            work.run();
        }
    }

    @Bean
    LightTask erasureResolution(Erasures erasures) {
        return new Task(
                "erasure-resolution",
                Duration.ofSeconds(1),
                () -> drain(() -> erasures.resolvePending(REQUESTS_AT_ONCE), REQUESTS_AT_ONCE));
    }

    @Bean
    LightTask auditSequencing(AuditLog audit) {
        return new Task(
                "audit-sequencing",
                Duration.ofSeconds(1),
                () -> drain(() -> audit.sequence(ENTRIES_AT_ONCE), ENTRIES_AT_ONCE));
    }

    /** Data keys of requests whose time is over are destroyed. */
    @Bean
    LightTask payloadShredding(Payloads payloads) {
        return new Task(
                "payload-shredding",
                Duration.ofSeconds(10),
                () -> drain(() -> payloads.shred(REQUESTS_AT_ONCE), REQUESTS_AT_ONCE));
    }

    /** Our own records go, too, when their time is over. */
    @Bean
    LightTask recordRetention(OldRequests old) {
        return new Task(
                "record-retention",
                Duration.ofHours(1),
                () -> drain(() -> old.delete(REQUESTS_AT_ONCE), REQUESTS_AT_ONCE));
    }

    /** New keys in place of old ones, for people and for payloads. */
    @Bean
    LightTask keyRotation(Payloads payloads, Pseudonyms pseudonyms) {
        return new Task("key-rotation", Duration.ofMinutes(10), () -> {
            pseudonyms.rotateIfOld();
            drain(() -> payloads.rename(REQUESTS_AT_ONCE), REQUESTS_AT_ONCE);
            drain(() -> payloads.rewrap(REQUESTS_AT_ONCE), REQUESTS_AT_ONCE);
            payloads.rotate();
        });
    }

    @Bean
    LightTask watchOfDeadlines(DeadlineWatch watch) {
        return new Task("deadline-watch", Duration.ofMinutes(5), watch::look);
    }

    @Bean
    LightTask auditCheckpoints(Checkpoints checkpoints, AuditSettings settings) {
        return new Task("audit-checkpoints", settings.checkpointEvery(), checkpoints::publish);
    }

    @Bean
    LightTask byProductErasure(ByProducts byProducts) {
        return new Task("by-product-erasure", Duration.ofHours(1), byProducts::sweep);
    }

    /** Ensembles say soon after an edit which of their members know whom it has made the model forget. */
    @Bean
    LightTask ensembleFreshness(EnsembleErasure ensembles) {
        return new Task("ensemble-freshness", Duration.ofSeconds(10), ensembles::look);
    }

    @Bean
    LightTask workerCleaning(WorkerTable workers) {
        return new Task("worker-cleaning", Duration.ofHours(1), workers::forgetOld);
    }

    private static void drain(java.util.function.IntSupplier step, int full) {
        while (step.getAsInt() == full) {
            Thread.onSpinWait();
        }
    }
}
