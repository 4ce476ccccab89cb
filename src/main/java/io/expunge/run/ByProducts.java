package io.expunge.run;

import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.catalog.Artifacts;
import io.expunge.catalog.Disposal;
import io.expunge.catalog.VersionView;
import io.expunge.catalog.Versions;
import io.expunge.erasure.Forgotten;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What runs leave behind and whoever was forgotten might be found in: checkpoints, optimiser states and reference models in
 * a run's files; candidates that were rejected; versions from before the edit. All of it is erased when its time is over,
 * and the log says what it was.
 */
@Component
class ByProducts {

    private static final Logger log = LoggerFactory.getLogger(ByProducts.class);
    private static final Duration SETTLED = Duration.ofMinutes(1);
    private static final Duration ABANDONED = Duration.ofDays(1);
    private static final int AT_ONCE = 100;

    private final RunRepository runs;
    private final Versions versions;
    private final Disposal disposal;
    private final Forgotten forgotten;
    private final EnsembleErasure ensembles;
    private final EnsembleTraces traces;
    private final Artifacts artifacts;
    private final AuditLog audit;
    private final RunSettings settings;
    private final TransactionTemplate transaction;
    private final Clock clock;

    ByProducts(
            RunRepository runs,
            Versions versions,
            Disposal disposal,
            Forgotten forgotten,
            EnsembleErasure ensembles,
            EnsembleTraces traces,
            Artifacts artifacts,
            AuditLog audit,
            RunSettings settings,
            TransactionTemplate transaction,
            Clock clock) {
        this.runs = runs;
        this.versions = versions;
        this.disposal = disposal;
        this.forgotten = forgotten;
        this.ensembles = ensembles;
        this.traces = traces;
        this.artifacts = artifacts;
        this.audit = audit;
        this.settings = settings;
        this.transaction = transaction;
        this.clock = clock;
    }

    /**
     * One thing that a run left.
     *
     * @param version of a parent or a candidate
     * @param members of an ensemble that know whom the run made the model forget
     */
    record ByProduct(
            Kind kind,
            @Nullable VersionView version,
            EnsembleTraces.@Nullable Trace members,
            @Nullable Instant erasedAt) {

        enum Kind {
            WORKING_FILES,
            PARENT,
            CANDIDATE,
            ENSEMBLE_MEMBERS
        }

        private static ByProduct of(Kind kind, VersionView version) {
            return new ByProduct(kind, version, null, version.erasedAt());
        }
    }

    /** What a run left, erased or not. */
    List<ByProduct> of(RunEntity run) {
        var all = new ArrayList<ByProduct>();
        all.add(new ByProduct(ByProduct.Kind.WORKING_FILES, null, null, run.workspaceErasedAt()));
        var parent = run.view().parentVersionId();
        if (parent != null && run.kind() != RunEntity.Kind.ENSEMBLE) {
            all.add(ByProduct.of(ByProduct.Kind.PARENT, versions.version(parent)));
        }
        versions.ofRun(run.id()).forEach(made -> all.add(ByProduct.of(ByProduct.Kind.CANDIDATE, made)));
        var end = run.endedAt();
        if (end != null && run.kind() == RunEntity.Kind.UNLEARNING && run.state() == RunState.SUCCEEDED) {
            traces.of(run.modelId(), end)
                    .forEach(trace ->
                            all.add(new ByProduct(ByProduct.Kind.ENSEMBLE_MEMBERS, null, trace, trace.erasedAt())));
        }
        return all;
    }

    /** Deletes the files of a run that has ended. */
    void eraseFiles(UUID id) {
        var gone = artifacts.eraseWorkspace(id);
        transaction.executeWithoutResult(ignored -> {
            var run = runs.lock(id).orElseThrow();
            if (!run.state().ended() || run.workspaceErasedAt() != null) {
                return;
            }
            run.workspaceErased(clock.instant());
            runs.save(run);
            audit.append(
                    Actor.system(run.controllerId()),
                    "run.files-erased",
                    "run",
                    id,
                    Map.of("files", gone.files(), "bytes", gone.bytes(), "digest", gone.digest()));
        });
    }

    /** Erases whatever has had its time. */
    void sweep() {
        var now = clock.instant();
        var expired = now.minus(settings.grace());
        for (var id : runs.withFiles(now.minus(SETTLED), expired, Limit.of(AT_ONCE))) {
            eraseFiles(id);
        }
        disposal.left(expired).forEach(this::condemn);
        for (var version : disposal.condemned(AT_ONCE)) {
            disposal.eraseCondemned(List.of(version.id()), Actor.system(version.controller()));
        }
        ensembles.sweep();
        int uploads = artifacts.eraseAbandonedUploads(now.minus(ABANDONED));
        if (uploads > 0) {
            log.info("{} uploads that were never ended are deleted", uploads);
        }
    }

    /** Rejected versions go; of the others those that know somebody who was forgotten since. */
    private void condemn(VersionView version) {
        transaction.executeWithoutResult(ignored -> {
            if (runs.countUsing(version.id()) > 0) {
                return;
            }
            if (version.state() == VersionView.State.REJECTED) {
                disposal.condemn(version.id(), "rejected");
            } else if (forgotten.knows(version.controller(), version.modelId(), version.id())) {
                disposal.condemn(version.id(), "knows whom its model has forgotten");
            }
        });
    }
}
