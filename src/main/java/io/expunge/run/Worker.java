package io.expunge.run;

import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.catalog.Artifacts;
import io.expunge.engine.Diverged;
import io.expunge.engine.ModelRefused;
import io.expunge.engine.Monitor;
import io.expunge.engine.Stopped;
import io.expunge.shared.Problem;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Works on one run, stage after stage, until it ends, awaits a person or must be given back. */
@Component
class Worker {

    private static final Logger log = LoggerFactory.getLogger(Worker.class);
    private static final Duration LINEAGE_BUSY = Duration.ofSeconds(1);

    private final Runs runs;
    private final RunRepository repository;
    private final ProgressTable progress;
    private final Artifacts artifacts;
    private final ByProducts byProducts;
    private final AuditLog audit;
    private final RunSettings settings;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final Map<Stage, StageHandler> handlers = new EnumMap<>(Stage.class);

    private volatile boolean stopping;
    private volatile @Nullable UUID current;

    Worker(
            Runs runs,
            RunRepository repository,
            ProgressTable progress,
            Artifacts artifacts,
            ByProducts byProducts,
            AuditLog audit,
            RunSettings settings,
            TransactionTemplate transaction,
            Clock clock,
            List<StageHandler> handlers) {
        this.runs = runs;
        this.repository = repository;
        this.progress = progress;
        this.artifacts = artifacts;
        this.byProducts = byProducts;
        this.audit = audit;
        this.settings = settings;
        this.transaction = transaction;
        this.clock = clock;
        handlers.forEach(handler -> this.handlers.put(handler.stage(), handler));
    }

    /** Runs are taken again, after a stop too: a context may be paused and go on. */
    void start() {
        stopping = false;
    }

    /** From now on the run in hand is stopped at its next step, and no other is begun. */
    void stop() {
        stopping = true;
    }

    /** Whether work in hand shall end at its next step. */
    boolean stopping() {
        return stopping;
    }

    @Nullable UUID current() {
        return current;
    }

    /**
     * Works on {@code id} as {@code name}.
     *
     * @return when to come back to it; null when nothing is left to do
     */
    @Nullable Instant work(UUID id, String name) {
        RunEntity run;
        try {
            run = transaction.execute(ignored -> begin(id, name));
        } catch (DataIntegrityViolationException e) {
            return clock.instant().plus(LINEAGE_BUSY); // another run edits this lineage
        }
        if (run == null) {
            eraseFiles(id); // whoever ended it may have been killed before this
            return null;
        }
        current = id;
        try (var watch = new Watch(id, run.attempt(), progress, artifacts.workspace(id), settings, () -> stopping)) {
            return stages(run, watch);
        } finally {
            current = null;
        }
    }

    /**
     * Takes a run off the queue, unless somebody decided on it or asked for it again since {@link #work} let go: whoever
     * enqueues finds the old task still there and adds none, so it is kept.
     *
     * @param remove takes the task off the queue; called while the run is locked, so nobody enqueues it meanwhile
     */
    void leave(UUID id, Runnable remove, Consumer<Instant> comeBack) {
        transaction.executeWithoutResult(ignored -> {
            if (runs.lock(id).state() == RunState.QUEUED) {
                comeBack.accept(clock.instant());
            } else {
                remove.run();
            }
        });
    }

    private @Nullable RunEntity begin(UUID id, String name) {
        var run = runs.lock(id);
        if (run.state().ended()) {
            return null;
        }
        if (run.state() == RunState.AWAITING_APPROVAL || run.state() == RunState.AWAITING_SHARDS) {
            return null;
        }
        if (run.cancelRequested()) {
            runs.cancelled(run);
            return null;
        }
        if (run.state() == RunState.RUNNING && lostTooOften(run)) {
            return null;
        }
        run.begin(name, clock.instant());
        repository.saveAndFlush(run);
        audit.append(
                Actor.system(run.controllerId()),
                "run.begun",
                "run",
                id,
                Map.of("attempt", run.attempt(), "stage", run.stage().name(), "worker", name));
        return run;
    }

    /**
     * A run that is taken up while it still runs has lost its worker. Kills are no failures of the run, but where worker
     * after worker ends at the same place, the run is what ends them, mostly by the memory that it takes.
     */
    private boolean lostTooOften(RunEntity run) {
        var reached = progress.of(run.id());
        var label = reached.map(ProgressTable.Progress::stage).orElse("starting");
        int comma = label.indexOf(',');
        var place = run.stage() + " " + (comma < 0 ? label : label.substring(0, comma));
        int losses = run.lost(place, reached.map(ProgressTable.Progress::done).orElse(0L));
        runs.changed(run, "run.worker-lost", Map.of("attempt", run.attempt(), "inARow", losses));
        if (losses < settings.losses()) {
            return false;
        }
        log.error("run {} has ended {} workers at the same place", run.id(), losses);
        runs.fail(
                run.id(),
                losses
                        + " workers in a row ended without a word at the same place; too little memory is the usual reason");
        return true;
    }

    private @Nullable Instant stages(RunEntity begun, Watch watch) {
        var id = begun.id();
        int attempt = begun.attempt();
        try {
            for (var run = runs.run(id); run.attempt() == attempt && run.state() == RunState.RUNNING; ) {
                var handler = handlers.get(run.stage());
                if (handler == null) {
                    throw new IllegalStateException("nobody does stage " + run.stage());
                }
                handler.execute(new Work(run, watch));
                var next = runs.run(id);
                if (next.stage() == run.stage()
                        && next.state() == RunState.RUNNING
                        && java.util.Objects.equals(next.method(), run.method())) {
                    throw new IllegalStateException("stage " + run.stage() + " did not move the run on");
                }
                run = next;
            }
            eraseFiles(id);
            return null;
        } catch (LostLease e) {
            log.warn("run {} goes on elsewhere", id);
            return null;
        } catch (Stopped e) {
            var comeBack = stopped(id, attempt, watch);
            if (comeBack == null && !watch.lost()) {
                eraseFiles(id);
            }
            return comeBack;
        } catch (Diverged | ModelRefused | Problem e) {
            return failForGood(id, attempt, String.valueOf(e.getMessage()));
        } catch (Exception | OutOfMemoryError e) {
            log.error("run {} failed in attempt {}", id, attempt, e);
            return failed(id, attempt, e);
        }
    }

    private @Nullable Instant stopped(UUID id, int attempt, Watch watch) {
        if (watch.lost()) {
            return null;
        }
        return transaction.execute(ignored -> {
            var run = runs.lock(id);
            if (run.attempt() != attempt || run.state() != RunState.RUNNING) {
                return null;
            }
            if (run.cancelRequested()) {
                runs.cancelled(run);
                return null;
            }
            run.handBack();
            runs.changed(run, "run.handed-back", Map.of("attempt", attempt));
            return clock.instant();
        });
    }

    /** Whatever a run that ended needed goes; one that failed may be tried again for a while. */
    void eraseFiles(UUID id) {
        var state = runs.run(id).state();
        if (state == RunState.SUCCEEDED || state == RunState.CANCELLED) {
            byProducts.eraseFiles(id);
        }
    }

    private @Nullable Instant failForGood(UUID id, int attempt, String reason) {
        log.warn("run {} failed: {}", id, reason);
        transaction.executeWithoutResult(ignored -> {
            if (runs.lock(id).attempt() == attempt) {
                runs.fail(id, reason);
            }
        });
        return null;
    }

    /** Why an attempt failed, as it may be told: a message may hold anything, but for one of the disk. */
    static String reason(Throwable cause) {
        return cause.getClass().getSimpleName()
                + (cause instanceof java.io.UncheckedIOException ? ": " + cause.getMessage() : "");
    }

    private @Nullable Instant failed(UUID id, int attempt, Throwable cause) {
        var reason = reason(cause);
        return transaction.execute(ignored -> {
            var run = runs.lock(id);
            if (run.attempt() != attempt || run.state() != RunState.RUNNING) {
                return null;
            }
            if (DatabaseLoss.caused(cause)) {
                run.handBack();
                runs.changed(run, "run.handed-back", Map.of("attempt", attempt, "reason", "database lost"));
                return clock.instant();
            }
            int failures = run.failed(reason);
            runs.changed(run, "run.attempt-failed", Map.of("attempt", attempt, "failures", failures));
            if (failures >= settings.attempts()) {
                runs.fail(id, reason + " in " + failures + " attempts");
                return null;
            }
            return clock.instant().plus(settings.pause(failures));
        });
    }

    private final class Work implements StageWork {

        private final RunView run;
        private final Watch watch;

        Work(RunView run, Watch watch) {
            this.run = run;
            this.watch = watch;
        }

        @Override
        public RunView run() {
            return run;
        }

        @Override
        public Monitor monitor(String name) {
            return watch.monitor(name);
        }

        @Override
        public Path workspace() {
            return artifacts.workspace(run.id());
        }

        @Override
        public void inTransaction(Runnable change) {
            watch.store(); // before the run is locked: the other thread may hold what this one waits for
            transaction.executeWithoutResult(ignored -> {
                var now = runs.lock(run.id());
                if (now.attempt() != run.attempt() || now.state() != RunState.RUNNING) {
                    throw new LostLease(run.id());
                }
                change.run();
            });
        }
    }
}
