package io.expunge.run;

import io.expunge.api.NewDestructionRun;
import io.expunge.api.NewRetrainingRun;
import io.expunge.api.NewTrainingRun;
import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.catalog.Candidate;
import io.expunge.catalog.ModelView;
import io.expunge.catalog.Models;
import io.expunge.catalog.RecordRef;
import io.expunge.catalog.TextSets;
import io.expunge.catalog.Training;
import io.expunge.catalog.TrainingSets;
import io.expunge.catalog.Trainings;
import io.expunge.catalog.VersionView;
import io.expunge.catalog.Versions;
import io.expunge.engine.Decoder;
import io.expunge.engine.HuggingFaceDirectory;
import io.expunge.engine.LanguageArchitecture;
import io.expunge.engine.ModelRefused;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.erasure.Erasures;
import io.expunge.erasure.Forgotten;
import io.expunge.method.LanguageMethod;
import io.expunge.method.Method;
import io.expunge.method.NetworkMethod;
import io.expunge.method.Trial;
import io.expunge.shared.IdempotencyKey;
import io.expunge.shared.Ids;
import io.expunge.shared.Page;
import io.expunge.shared.Problem;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.data.domain.Limit;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Work on models: ordered, watched, moved on from stage to stage, cancelled and tried again. */
@Service
public class Runs {

    private static final long HOUR_IN_MILLIS = 3_600_000;

    private final RunRepository runs;
    private final EditQueue queue;
    private final Models models;
    private final Versions versions;
    private final Trainings trainings;
    private final Erasures erasures;
    private final Forgotten forgotten;
    private final TextSets texts;
    private final TrainingSets images;
    private final AuditLog audit;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    Runs(
            RunRepository runs,
            EditQueue queue,
            Models models,
            Versions versions,
            Trainings trainings,
            Erasures erasures,
            Forgotten forgotten,
            TextSets texts,
            TrainingSets images,
            AuditLog audit,
            ApplicationEventPublisher events,
            Clock clock) {
        this.runs = runs;
        this.queue = queue;
        this.models = models;
        this.versions = versions;
        this.trainings = trainings;
        this.erasures = erasures;
        this.forgotten = forgotten;
        this.texts = texts;
        this.images = images;
        this.audit = audit;
        this.events = events;
        this.clock = clock;
    }

    /** Queues the training of a new version of the caller's model. */
    @PreAuthorize("hasRole('ENGINEER')")
    @Transactional
    public UUID startTraining(NewTrainingRun declared, @Nullable IdempotencyKey key) {
        var actor = Actor.current();
        var earlier = earlier(actor, key);
        if (earlier != null) {
            return earlier;
        }
        var model = held(models.ownModel(declared.getModelId()).id());
        var training = trainings.ordered(
                model.id(),
                new Trainings.Said(
                        declared.getData(),
                        declared.getRecipe(),
                        declared.getTextRecipe(),
                        declared.getSeed(),
                        declared.getBaseId()));
        var run =
                RunEntity.training(Ids.next(), actor.controller(), model.id(), training, actor.name(), clock.instant());
        return enqueue(actor, run, key, Map.of("model", model.id().toString()));
    }

    /**
     * Queues a training of the caller's model that learns as its champion did, without everybody who asked to be
     * forgotten: exact, whatever was done to the champion since.
     */
    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER')")
    @Transactional
    public UUID startRetraining(NewRetrainingRun declared, @Nullable IdempotencyKey key) {
        var actor = Actor.current();
        var earlier = earlier(actor, key);
        if (earlier != null) {
            return earlier;
        }
        var model = held(models.ownModel(declared.getModelId()).id());
        var champion = model.champion();
        var training = champion == null ? null : versions.version(champion).training();
        if (champion == null || training == null) {
            throw Problem.refused(
                    "model-not-trained", "modelId", "has no published version that learned from a data set");
        }
        if (declared.getSeed() != null) {
            training = training.withSeed(declared.getSeed());
        }
        var run = RunEntity.training(
                        Ids.next(), actor.controller(), model.id(), training, actor.name(), clock.instant())
                .instead();
        return enqueue(actor, run, key, Map.of("model", model.id().toString(), "likeVersion", champion.toString()));
    }

    /**
     * Queues the destruction of the caller's model with all its versions; whatever else is at work on it is cancelled.
     *
     * @throws Problem if the name is not the model's, which shows that the caller means this one
     */
    @PreAuthorize("hasRole('PRIVACY_OFFICER')")
    @Transactional
    public UUID startDestruction(NewDestructionRun declared, @Nullable IdempotencyKey key) {
        var actor = Actor.current();
        var earlier = earlier(actor, key);
        if (earlier != null) {
            return earlier;
        }
        var model = held(models.ownModel(declared.getModelId()).id());
        if (!model.name().equals(declared.getModelName())) {
            throw Problem.refused(
                    "not-this-model", "modelName", "must be the name of the model that is to be destroyed");
        }
        runs.open(model.id()).forEach(open -> stop(actor, lock(open.id())));
        var run = RunEntity.destruction(Ids.next(), actor.controller(), model.id(), actor.name(), clock.instant());
        return enqueue(actor, run, key, Map.of("model", model.id().toString()));
    }

    /**
     * Queues an edit for waiting requests, in the caller's transaction.
     *
     * @throws Problem if the model has nothing to edit or no request waits for it
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public UUID startUnlearning(UnlearningOrder order) {
        var earlier = earlier(order.by(), order.key());
        if (earlier != null) {
            return earlier;
        }
        var model = held(order.modelId());
        if (!model.controller().equals(order.by().controller())) {
            throw Problem.notFound("model", order.modelId());
        }
        if (model.champion() == null) {
            throw Problem.refused("model-not-trained", "modelId", "has no published version to edit");
        }
        if (!order.method().edits(model.architecture())) {
            throw Problem.refused("method-does-not-fit", "method", "does not edit models of this kind");
        }
        if (order.method() instanceof LanguageMethod method && model.architecture() instanceof LanguageArchitecture) {
            requireFit(order.by(), method, model.champion());
        }
        if (order.method() instanceof NetworkMethod method
                && model.architecture() instanceof NetworkArchitecture network) {
            requireFit(() -> method.requireFit(network));
            method.datasets()
                    .forEach(dataset -> images.requireImages(order.by().controller(), dataset, "method.datasetId"));
        }
        var id = Ids.next();
        var taken = erasures.take(model.id(), order.requestIds(), id);
        var run = RunEntity.unlearning(
                id,
                order.by().controller(),
                model.id(),
                order.method(),
                taken,
                order.by().name(),
                clock.instant());
        return enqueue(
                order.by(),
                run,
                order.key(),
                Map.of(
                        "model",
                        model.id().toString(),
                        "method",
                        order.method().name(),
                        "requests",
                        taken.requestIds().size(),
                        "records",
                        taken.forget().size()));
    }

    /**
     * Queues an edit that makes the champion recite less, for nobody's request, in the caller's transaction.
     *
     * @throws Problem if the model has nothing to edit, or the method is not for such a run
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public UUID startDememorisation(
            Actor by, UUID modelId, Method method, Mining mining, @Nullable IdempotencyKey key) {
        var earlier = earlier(by, key);
        if (earlier != null) {
            return earlier;
        }
        var model = held(modelId);
        var champion = model.champion();
        if (champion == null || versions.version(champion).training() == null) {
            throw Problem.refused(
                    "model-not-trained", "modelId", "has no published version that learned from a data set");
        }
        if (!(method instanceof LanguageMethod edit)
                || !(model.architecture() instanceof LanguageArchitecture)
                || !edit.dememorises()) {
            throw Problem.refused(
                    "method-does-not-fit", "method", "makes no language model recite less without a request");
        }
        requireFit(by, edit, champion);
        var run = RunEntity.dememorisation(
                Ids.next(), by.controller(), model.id(), method, mining, by.name(), clock.instant());
        return enqueue(by, run, key, Map.of("model", model.id().toString(), "method", method.name()));
    }

    private void requireFit(Actor by, LanguageMethod method, UUID champion) {
        var decoder = Decoder.read(
                HuggingFaceDirectory.open(versions.directory(champion)).config());
        requireFit(() -> method.requireFit(decoder));
        method.datasets().forEach(dataset -> texts.requireTexts(by.controller(), dataset, "method.datasetId"));
        long needed = method.tokensNeeded(decoder);
        if (needed == 0) {
            return;
        }
        if (method.readsOwnTexts()) {
            texts.requireTokens(champion, null, needed);
        }
        method.datasets().forEach(dataset -> texts.requireTokens(champion, dataset, needed));
    }

    private static void requireFit(Runnable check) {
        try {
            check.run();
        } catch (ModelRefused e) {
            throw Problem.refused("method-does-not-fit", "method", String.valueOf(e.getMessage()));
        }
    }

    /** A model that work can be ordered on, and by nobody else meanwhile. */
    ModelView held(UUID id) {
        var model = models.hold(id);
        model.requireAlive();
        if (runs.open(id).stream().anyMatch(run -> run.kind() == RunEntity.Kind.DESTRUCTION)) {
            throw Problem.conflict("model-being-destroyed", "model " + id + " is about to be destroyed");
        }
        return model;
    }

    @Nullable UUID earlier(Actor actor, @Nullable IdempotencyKey key) {
        if (key == null) {
            return null;
        }
        return runs.findByControllerIdAndIdempotencyKey(actor.controller(), key.value())
                .map(run -> {
                    key.requireSame(run.requestFingerprint());
                    return run.id();
                })
                .orElse(null);
    }

    UUID enqueue(Actor actor, RunEntity run, @Nullable IdempotencyKey key, Map<String, ?> details) {
        if (key != null) {
            run.declaredUnder(key);
        }
        runs.save(run);
        queue.add(run);
        audit.append(actor, "run.queued", "run", run.id(), details);
        return run.id();
    }

    /** Whether a run that edits or destroys this model was ordered and has not ended. */
    @Transactional(readOnly = true)
    public boolean active(UUID modelId) {
        return runs.active(modelId) > 0;
    }

    /** The run {@code id} of any controller, for background work. */
    @Transactional(readOnly = true)
    public RunView run(UUID id) {
        return runs.findById(id).orElseThrow(() -> Problem.notFound("run", id)).view();
    }

    /** The methods of those of these runs that have one, of any controller. */
    @Transactional(readOnly = true)
    public Map<UUID, Method> methods(Collection<UUID> ids) {
        var all = new HashMap<UUID, Method>();
        for (var run : runs.findByIdIn(ids)) {
            var method = run.view().method();
            if (method != null) {
                all.put(run.id(), method);
            }
        }
        return all;
    }

    /** The models of these runs, of any controller. */
    @Transactional(readOnly = true)
    public Map<UUID, UUID> models(Collection<UUID> ids) {
        return runs.models(ids).stream()
                .collect(Collectors.toMap(RunRepository.OfModel::id, RunRepository.OfModel::modelId));
    }

    /** The caller's run {@code id}. */
    @Transactional(readOnly = true)
    public RunView ownRun(UUID id) {
        return own(id).view();
    }

    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER', 'AUDITOR')")
    @Transactional(readOnly = true)
    RunEntity find(UUID id) {
        return own(id);
    }

    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER', 'AUDITOR')")
    @Transactional(readOnly = true)
    Page<RunEntity> list(
            @Nullable String cursor, @Nullable Integer asked, @Nullable RunState state, @Nullable UUID model) {
        int limit = Page.limit(asked);
        var rows = runs.page(Actor.current().controller(), Page.before(cursor), state, model, Limit.of(limit + 1));
        return Page.of(rows, limit, RunEntity::id);
    }

    /** Every run that was ordered for the caller's request, in their order. */
    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER', 'AUDITOR')")
    @Transactional(readOnly = true)
    List<RunEntity> forRequest(UUID request) {
        erasures.requireOwn(request);
        // ids begin with their time; clocks of two processes are not an hour apart
        var earliest = new UUID(((request.getMostSignificantBits() >>> 16) - HOUR_IN_MILLIS) << 16, 0);
        return runs.naming(erasures.modelsOf(request).toArray(UUID[]::new), earliest, request.toString());
    }

    /** Asks for a stop; a run that nobody works on ends at once. */
    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER')")
    @Transactional
    public void cancel(UUID id) {
        var actor = Actor.current();
        own(id);
        var run = lock(id);
        if (run.state().ended()) {
            throw Problem.conflict("run-ended", "run " + id + " has ended already");
        }
        stop(actor, run);
    }

    private void stop(Actor actor, RunEntity run) {
        run.requestCancel();
        audit.append(actor, "run.cancel-requested", "run", run.id(), Map.of());
        if (run.state() != RunState.RUNNING) {
            cancelled(run);
        }
        runs.save(run);
    }

    /** Queues a failed run again; it goes on from its last checkpoint. */
    @PreAuthorize("hasRole('ENGINEER')")
    @Transactional
    public void retry(UUID id) {
        var actor = Actor.current();
        own(id);
        var run = lock(id);
        run.retry();
        runs.save(run);
        queue.add(run);
        audit.append(
                actor, "run.retried", "run", id, Map.of("stage", run.stage().name()));
    }

    /** Says how urgent a run is that waits; whoever works on another one is not interrupted. */
    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER')")
    @Transactional
    public void prioritise(UUID id, io.expunge.api.RunPriority said) {
        var actor = Actor.current();
        own(id);
        var run = lock(id);
        var before = run.priority();
        run.prioritise(RunPriority.valueOf(said.name()));
        if (run.priority() != before) {
            runs.save(run);
            queue.prioritise(run);
            audit.append(
                    actor,
                    "run.prioritised",
                    "run",
                    id,
                    Map.of("from", before.name(), "to", run.priority().name()));
        }
    }

    /** Moves a run that is worked on to its next stage. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void advance(UUID id, Stage next) {
        var run = lock(id);
        var before = run.stage();
        run.advance(next);
        changed(run, "run.advanced", Map.of("from", before.name(), "to", next.name()));
    }

    /** Hands the decision to a person; the worker lets go of the run. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void awaitApproval(UUID id) {
        var run = lock(id);
        run.awaitApproval(clock.instant());
        changed(run, "run.awaits-approval", Map.of());
    }

    /** A person decided; the queue goes on with {@code next}. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void goOn(UUID id, Stage next) {
        var run = lock(id);
        run.goOn(next);
        queue.add(run);
        changed(run, "run.decided", Map.of("to", next.name()));
    }

    /** Another method on the same run, from the beginning; the candidate is dropped. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void tryNext(UUID id, Method next) {
        var run = lock(id);
        rejectCandidate(run);
        run.tryNext(next);
        changed(run, "run.next-method", Map.of("method", next.name()));
    }

    /** Notes which ensemble an edit takes its targets from, once for each attempt. */
    @Transactional
    void taught(UUID id, UUID ensemble) {
        changed(lock(id), "run.taught", Map.of("ensemble", ensemble.toString()));
    }

    /** Notes which stored ensemble a run's evidence compares with. */
    @Transactional
    void compared(UUID id, UUID ensemble) {
        changed(lock(id), "run.compared", Map.of("ensemble", ensemble.toString()));
    }

    /** Whether the caller's order under this key has been taken already. */
    @Transactional(readOnly = true)
    public boolean known(Actor actor, @Nullable IdempotencyKey key) {
        return earlier(actor, key) != null;
    }

    /** Notes how much of what it learned a version recites. */
    @Transactional(propagation = Propagation.MANDATORY)
    void mined(UUID id, int windows) {
        changed(lock(id), "run.mined", Map.of("windows", windows));
    }

    /** Notes that the run's method cannot serve it. */
    @Transactional(propagation = Propagation.MANDATORY)
    void unserved(UUID id, String reason) {
        var run = lock(id);
        var method = run.view().method();
        changed(run, "run.method-unserved", Map.of("method", method == null ? "" : method.name(), "reason", reason));
    }

    /** The edit from its beginning, on the version that has become the champion meanwhile; the candidate is dropped. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void editAgain(UUID id) {
        var run = lock(id);
        var candidate = run.view().candidateVersionId();
        if (candidate != null) {
            versions.reject(candidate, Actor.system(run.controllerId()));
        }
        run.editAgain();
        changed(run, "run.champion-moved", Map.of());
    }

    /** Puts a run's work on the queue in shards, for whoever is free; the worker lets go of the run. */
    @Transactional(propagation = Propagation.MANDATORY)
    void share(UUID id, List<Shard> shards) {
        var run = lock(id);
        if (run.cancelRequested()) {
            cancelled(run);
            return;
        }
        run.awaitShards();
        shards.forEach(shard -> queue.add(shard, run));
        changed(run, "run.shared", Map.of("shards", shards.size()));
    }

    /** The last shard of a run is done; the queue goes on with {@code next}. */
    @Transactional(propagation = Propagation.MANDATORY)
    void gathered(UUID id, Stage next) {
        var run = lock(id);
        run.goOn(next);
        queue.add(run);
        changed(run, "run.gathered", Map.of());
    }

    @Transactional(propagation = Propagation.MANDATORY)
    public void succeed(UUID id) {
        var run = lock(id);
        run.end(RunState.SUCCEEDED, null, clock.instant());
        if (run.kind() == RunEntity.Kind.UNLEARNING) {
            erasures.forgotten(id);
        }
        ended(run, Map.of());
    }

    /** The run cannot be done; its requests need a person. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void fail(UUID id, String reason) {
        var run = lock(id);
        rejectCandidate(run);
        run.end(RunState.FAILED, reason, clock.instant());
        if (run.kind() == RunEntity.Kind.UNLEARNING) {
            erasures.needsPerson(id);
        }
        ended(run, Map.of("stage", run.stage().name()));
    }

    /** Ends a run without a result; its requests wait again. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void drop(UUID id) {
        var run = lock(id);
        cancelled(run);
        runs.save(run);
    }

    @Transactional(readOnly = true)
    Training trainingOrder(UUID id) {
        return runs.findById(id).orElseThrow().training();
    }

    /** A training has ended: what it made is published. */
    @Transactional(propagation = Propagation.MANDATORY)
    void trained(UUID id, Candidate made, Map<String, Double> figures) {
        var version = versions.propose(made);
        versions.recordMetrics(version, figures);
        var controller = lock(id).controllerId();
        forgotten.requireNobodyLearned(controller, version);
        versions.publish(version, Actor.system(controller));
        proposed(id, version);
        succeed(id);
    }

    /** Notes for which requests a run turned out to be, in the caller's transaction. */
    @Transactional(propagation = Propagation.MANDATORY)
    void served(UUID id, List<UUID> requests) {
        var run = lock(id);
        run.served(requests);
        runs.save(run);
    }

    /** Keeps what the run's method tried before it chose its settings, in the caller's transaction. */
    @Transactional(propagation = Propagation.MANDATORY)
    void tried(UUID id, Trial trial) {
        var run = lock(id);
        run.tried(trial);
        runs.save(run);
    }

    @Transactional(propagation = Propagation.MANDATORY)
    void resolved(UUID id, UUID parent, List<RecordRef> forget) {
        var run = lock(id);
        run.resolved(parent, forget);
        changed(run, "run.resolved", Map.of("parent", parent.toString(), "records", forget.size()));
    }

    @Transactional(propagation = Propagation.MANDATORY)
    void proposed(UUID id, UUID candidate) {
        var run = lock(id);
        run.proposed(candidate);
        runs.save(run);
    }

    /** Adds to the time that an edit has taken; an attempt that lost the run adds nothing. */
    @Transactional
    void spent(UUID id, int attempt, double seconds) {
        var run = lock(id);
        if (run.attempt() == attempt) {
            run.spent(seconds);
            runs.save(run);
        }
    }

    void cancelled(RunEntity run) {
        rejectCandidate(run);
        run.end(RunState.CANCELLED, null, clock.instant());
        if (run.kind() == RunEntity.Kind.UNLEARNING) {
            erasures.release(run.id());
        }
        ended(run, Map.of("stage", run.stage().name()));
    }

    private void rejectCandidate(RunEntity run) {
        var candidate = run.view().candidateVersionId();
        if (candidate != null && versions.version(candidate).state() == VersionView.State.CANDIDATE) {
            versions.reject(candidate, Actor.system(run.controllerId()));
        }
    }

    RunEntity lock(UUID id) {
        return runs.lock(id).orElseThrow(() -> Problem.notFound("run", id));
    }

    void changed(RunEntity run, String action, Map<String, ?> details) {
        runs.save(run);
        audit.append(Actor.system(run.controllerId()), action, "run", run.id(), details);
    }

    private void ended(RunEntity run, Map<String, ?> details) {
        var all = new HashMap<String, Object>(details);
        all.put("attempt", run.attempt());
        if (run.kind() == RunEntity.Kind.ENSEMBLE) {
            queue.removeShards(run.id());
        }
        changed(run, "run." + run.state().name().toLowerCase(java.util.Locale.ROOT), all);
        events.publishEvent(new RunEnded(run.id(), run.state()));
    }

    private RunEntity own(UUID id) {
        return runs.findByIdAndControllerId(id, Actor.current().controller())
                .orElseThrow(() -> Problem.notFound("run", id));
    }
}
