package io.expunge.run;

import io.expunge.catalog.Artifacts;
import io.expunge.engine.Diverged;
import io.expunge.engine.ModelRefused;
import io.expunge.engine.Stopped;
import io.expunge.shared.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Works on one shard of an ensemble; what it has stored stays, so a shard that is begun again has less to do. */
@Component
class ShardWorker {

    private static final Logger log = LoggerFactory.getLogger(ShardWorker.class);

    private final Worker worker;
    private final Runs runs;
    private final EnsembleTable table;
    private final EnsemblePlans plans;
    private final MemberStore members;
    private final ShardTraining training;
    private final EnsembleProgress bar;
    private final ProgressTable progress;
    private final Artifacts artifacts;
    private final RunSettings settings;
    private final TransactionTemplate transaction;
    private final Clock clock;

    private volatile @Nullable UUID current;

    ShardWorker(
            Worker worker,
            Runs runs,
            EnsembleTable table,
            EnsemblePlans plans,
            MemberStore members,
            ShardTraining training,
            EnsembleProgress bar,
            ProgressTable progress,
            Artifacts artifacts,
            RunSettings settings,
            TransactionTemplate transaction,
            Clock clock) {
        this.worker = worker;
        this.runs = runs;
        this.table = table;
        this.plans = plans;
        this.members = members;
        this.training = training;
        this.bar = bar;
        this.progress = progress;
        this.artifacts = artifacts;
        this.settings = settings;
        this.transaction = transaction;
        this.clock = clock;
    }

    /** The run whose shard is in hand. */
    @Nullable UUID current() {
        return current;
    }

    /**
     * Works on a shard as {@code name}.
     *
     * @return when to come back to it; null when nothing is left to do
     */
    @Nullable Instant work(Shard shard, String name) {
        var run = runs.run(shard.run());
        if (run.state() != RunState.AWAITING_SHARDS) {
            worker.eraseFiles(run.id());
            return null;
        }
        current = run.id();
        var workspace = artifacts.workspace(run.id());
        try (var watch = new Watch(run.id(), run.attempt(), progress, workspace, settings, worker::stopping)) {
            return members(shard, name, watch);
        } finally {
            current = null;
        }
    }

    private @Nullable Instant members(Shard shard, String name, Watch watch) {
        try {
            var ensemble = table.find(shard.run()).orElseThrow(() -> Problem.notFound("ensemble", shard.run()));
            var missing = missing(ensemble, shard);
            if (!missing.isEmpty()) {
                train(ensemble, shard, missing, name, watch);
            }
            return null;
        } catch (LostLease e) {
            log.info("a shard of run {} is needed no more", shard.run());
            worker.eraseFiles(shard.run());
            return null;
        } catch (Stopped e) {
            if (watch.lost()) {
                worker.eraseFiles(shard.run());
                return null;
            }
            return clock.instant();
        } catch (Diverged | ModelRefused | Problem e) {
            return failForGood(shard, String.valueOf(e.getMessage()));
        } catch (Exception | OutOfMemoryError e) {
            return failed(shard, e);
        }
    }

    private List<Integer> missing(EnsembleTable.Row ensemble, Shard shard) {
        var present = table.members(ensemble.id()).keySet();
        return java.util.stream.IntStream.range(
                        shard.first(), Math.min(shard.first() + ensemble.shardSize(), ensemble.members()))
                .filter(number -> !present.contains(number))
                .boxed()
                .toList();
    }

    private void train(EnsembleTable.Row ensemble, Shard shard, List<Integer> missing, String name, Watch watch) {
        plans.requireNobodyForgotten(ensemble, missing);
        var plan = plans.of(ensemble);
        var keys = new TreeMap<Integer, String>();
        missing.forEach(number -> keys.put(number, plan.key(number)));
        var reused = reuse(ensemble, shard, keys);
        keys.keySet().removeAll(reused.keySet());
        int together = plan.together();
        while (!keys.isEmpty()) {
            var some = new TreeMap<Integer, String>();
            for (int i = 0; i < together && !keys.isEmpty(); i++) {
                var next = keys.pollFirstEntry();
                some.put(next.getKey(), next.getValue());
            }
            store(ensemble, shard, some, training.train(ensemble.id(), plan, some, watch), name);
        }
    }

    /** Members that another ensemble has had trained since this one was shared out. */
    private Map<Integer, String> reuse(EnsembleTable.Row ensemble, Shard shard, Map<Integer, String> keys) {
        var linked = new TreeMap<>(keys);
        transaction.executeWithoutResult(ignored -> {
            hold(shard);
            linked.values().retainAll(members.stored(ensemble.controller(), keys.values()));
            if (!linked.isEmpty()) {
                link(ensemble, shard, linked, true);
            }
        });
        return linked;
    }

    private void store(
            EnsembleTable.Row ensemble, Shard shard, Map<Integer, String> keys, Map<Integer, Path> files, String name) {
        var controller = ensemble.controller();
        members.claim(controller, keys.values());
        var sizes = new TreeMap<Integer, Long>();
        keys.forEach((number, key) -> {
            var file = java.util.Objects.requireNonNull(files.get(number));
            sizes.put(number, size(file));
            members.keep(controller, key, file);
        });
        try {
            transaction.executeWithoutResult(ignored -> {
                var run = hold(shard);
                plans.requireNobodyForgotten(ensemble, keys.keySet());
                keys.forEach((number, key) ->
                        members.settled(controller, key, java.util.Objects.requireNonNull(sizes.get(number))));
                table.memberBytes(ensemble.id(), sizes.firstEntry().getValue());
                run.shardDone();
                runs.changed(
                        run,
                        "run.members-trained",
                        Map.of("first", shard.first(), "members", keys.size(), "worker", name));
                link(ensemble, shard, keys, false);
            });
        } catch (LostLease | Problem e) {
            // nobody wants them any more, and what nobody wants is not kept
            transaction.executeWithoutResult(
                    ignored -> keys.values().forEach(key -> members.eraseUnlessUsed(controller, key)));
            throw e;
        }
    }

    private RunEntity hold(Shard shard) {
        var run = runs.lock(shard.run());
        if (run.state() != RunState.AWAITING_SHARDS) {
            throw new LostLease(shard.run());
        }
        return run;
    }

    private void link(EnsembleTable.Row ensemble, Shard shard, Map<Integer, String> keys, boolean reused) {
        table.link(ensemble.id(), keys, reused, clock.instant());
        if (bar.write(ensemble)) {
            runs.gathered(shard.run(), Stage.ENSEMBLE);
        }
    }

    /**
     * Takes a shard off the queue, unless something of it is missing after all: whoever shares a run out again finds the old
     * task still there and adds none, so it is kept.
     *
     * @param remove takes the task off the queue; called while the run is locked, so nobody enqueues it meanwhile
     */
    void leave(Shard shard, Runnable remove, Consumer<Instant> comeBack) {
        transaction.executeWithoutResult(ignored -> {
            boolean wanted = runs.lock(shard.run()).state() == RunState.AWAITING_SHARDS
                    && table.find(shard.run())
                            .map(ensemble -> !missing(ensemble, shard).isEmpty())
                            .orElse(false);
            if (wanted) {
                comeBack.accept(clock.instant());
            } else {
                remove.run();
            }
        });
    }

    private @Nullable Instant failForGood(Shard shard, String reason) {
        log.warn("run {} failed in a shard: {}", shard.run(), reason);
        transaction.executeWithoutResult(ignored -> {
            if (runs.lock(shard.run()).state() == RunState.AWAITING_SHARDS) {
                runs.fail(shard.run(), reason);
            }
        });
        return null;
    }

    private @Nullable Instant failed(Shard shard, Throwable cause) {
        return transaction.execute(ignored -> {
            var run = runs.lock(shard.run());
            if (run.state() != RunState.AWAITING_SHARDS) {
                return null;
            }
            if (DatabaseLoss.caused(cause)) {
                return clock.instant();
            }
            log.error("a shard of run {} failed", shard.run(), cause);
            var reason = Worker.reason(cause);
            int failures = run.shardFailed(reason);
            runs.changed(run, "run.shard-failed", Map.of("first", shard.first(), "failures", failures));
            if (failures >= settings.attempts()) {
                runs.fail(shard.run(), reason + " in " + failures + " attempts");
                return null;
            }
            return clock.instant().plus(settings.pause(failures));
        });
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
