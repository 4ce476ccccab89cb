package io.expunge.run;

import io.expunge.catalog.RecordRef;
import io.expunge.catalog.Training;
import io.expunge.erasure.Taken;
import io.expunge.method.Method;
import io.expunge.method.Trial;
import io.expunge.shared.IdempotencyKey;
import io.expunge.shared.Problem;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** One piece of work on one model. */
@Entity
@Table(name = "run")
class RunEntity {

    enum Kind {
        TRAINING,
        UNLEARNING,
        DESTRUCTION,
        ENSEMBLE,
        DEMEMORISATION
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int MAX_FAILURE = 500;
    private static final int RECORD = 20;

    @Id
    private UUID id;

    @Version
    private int revision;

    private UUID controllerId;
    private UUID modelId;

    @Enumerated(EnumType.STRING)
    private Kind kind;

    @Enumerated(EnumType.STRING)
    private RunState state;

    @Enumerated(EnumType.STRING)
    private Stage stage;

    @Enumerated(EnumType.STRING)
    private RunPriority priority;

    private int attempt;
    private int failures;
    private int losses;
    private @Nullable String lostPlace;
    private long lostDone;
    private String starter;
    private String submitters;
    private @Nullable String method;
    private @Nullable String training;
    private @Nullable String mining;
    private @Nullable UUID parentVersionId;
    private @Nullable UUID candidateVersionId;
    private boolean retraining;
    private String requestIds;
    private byte[] forget;
    private @Nullable Instant dueAt;
    private boolean cancelRequested;
    private @Nullable String failure;
    private @Nullable String worker;
    private double editSeconds;
    private String trials;

    @SuppressWarnings("UnusedVariable") // read by queries
    private @Nullable String idempotencyKey;

    private byte @Nullable [] requestFingerprint;
    private Instant createdAt;
    private @Nullable Instant startedAt;
    private @Nullable Instant endedAt;
    private @Nullable Instant workspaceErasedAt;

    @SuppressWarnings("UnusedVariable") // read by queries: when it last needed a worker, but for its publication
    private @Nullable Instant workedUntil;

    @SuppressWarnings("NullAway.Init")
    protected RunEntity() {}

    private RunEntity(
            UUID id, UUID controllerId, UUID modelId, Kind kind, Stage stage, String starter, Instant createdAt) {
        this.id = id;
        this.controllerId = controllerId;
        this.modelId = modelId;
        this.kind = kind;
        this.state = RunState.QUEUED;
        this.priority = RunPriority.NORMAL;
        this.stage = stage;
        this.starter = starter;
        this.submitters = "[]";
        this.requestIds = "[]";
        this.forget = new byte[0];
        this.trials = "[]";
        this.createdAt = createdAt;
    }

    static RunEntity training(
            UUID id, UUID controllerId, UUID modelId, Training order, String starter, Instant createdAt) {
        var run = new RunEntity(id, controllerId, modelId, Kind.TRAINING, Stage.TRAIN, starter, createdAt);
        run.training = JSON.writeValueAsString(order);
        return run;
    }

    /**
     * Says how urgent it is.
     *
     * @throws Problem if nothing of it waits for a worker, which leaves nothing to be put in order
     */
    void prioritise(RunPriority said) {
        if (state != RunState.QUEUED && state != RunState.RETRYING && state != RunState.AWAITING_SHARDS) {
            throw Problem.conflict(
                    "run-not-waiting",
                    "run " + id + " does not wait for a worker: it is "
                            + state.name().toLowerCase(Locale.ROOT).replace('_', ' '));
        }
        priority = said;
    }

    RunPriority priority() {
        return priority;
    }

    /** A training that takes the place of a version, without whom it must not know. */
    RunEntity instead() {
        retraining = true;
        return this;
    }

    static RunEntity destruction(UUID id, UUID controllerId, UUID modelId, String starter, Instant createdAt) {
        return new RunEntity(id, controllerId, modelId, Kind.DESTRUCTION, Stage.DESTROY, starter, createdAt);
    }

    /**
     * Many models beside a version.
     *
     * @param version whose records they learn from
     * @param requests whose records they do not learn from
     * @param due the earliest deadline of these; null where there are none
     */
    static RunEntity ensemble(
            UUID id,
            UUID controllerId,
            UUID modelId,
            UUID version,
            List<UUID> requests,
            @Nullable Instant due,
            String starter,
            Instant createdAt) {
        var run = new RunEntity(id, controllerId, modelId, Kind.ENSEMBLE, Stage.ENSEMBLE, starter, createdAt);
        run.parentVersionId = version;
        run.dueAt = due;
        run.served(requests);
        return run;
    }

    static RunEntity unlearning(
            UUID id, UUID controllerId, UUID modelId, Method method, Taken taken, String starter, Instant createdAt) {
        var run = new RunEntity(id, controllerId, modelId, Kind.UNLEARNING, Stage.RESOLVE, starter, createdAt);
        run.method = JSON.writeValueAsString(method);
        run.submitters = JSON.writeValueAsString(taken.submitters());
        run.requestIds = JSON.writeValueAsString(taken.requestIds());
        run.dueAt = taken.earliestDue();
        run.forget = packed(taken.forget());
        return run;
    }

    /** An edit of the champion for nobody's request. */
    static RunEntity dememorisation(
            UUID id, UUID controllerId, UUID modelId, Method method, Mining mining, String starter, Instant createdAt) {
        var run = new RunEntity(id, controllerId, modelId, Kind.DEMEMORISATION, Stage.RESOLVE, starter, createdAt);
        run.method = JSON.writeValueAsString(method);
        run.submitters = JSON.writeValueAsString(List.of(starter));
        run.mining = JSON.writeValueAsString(mining);
        return run;
    }

    void served(List<UUID> requests) {
        requestIds = JSON.writeValueAsString(requests);
    }

    void declaredUnder(IdempotencyKey key) {
        idempotencyKey = key.value();
        requestFingerprint = key.fingerprint();
    }

    /** A worker takes it; every earlier attempt has lost it from now on. */
    void begin(String by, Instant at) {
        if (state != RunState.RUNNING) {
            become(RunState.RUNNING);
        }
        attempt++;
        worker = by;
        failure = null;
        startedAt = startedAt == null ? at : startedAt;
    }

    /**
     * Its worker ended without a word; says how many have in a row without coming further than those before.
     *
     * @param place what was under way
     * @param done how far that had come
     */
    int lost(String place, long done) {
        boolean further = !place.equals(lostPlace) || done > lostDone;
        lostDone = place.equals(lostPlace) ? Math.max(done, lostDone) : done;
        lostPlace = place;
        losses = further ? 1 : losses + 1;
        return losses;
    }

    /** The worker goes; another, or it itself, will go on. */
    void handBack() {
        become(RunState.QUEUED);
        worker = null;
    }

    /** What is edited and what it is to forget, as of now. */
    void resolved(UUID parent, List<RecordRef> found) {
        parentVersionId = parent;
        forget = packed(found);
        advance(Stage.EDIT);
    }

    void proposed(UUID candidate) {
        candidateVersionId = candidate;
    }

    void spent(double seconds) {
        editSeconds += seconds;
    }

    void advance(Stage next) {
        stage = next;
        failures = 0;
    }

    void awaitApproval(Instant at) {
        become(RunState.AWAITING_APPROVAL);
        workedUntil = at;
        stage = Stage.APPROVE;
        worker = null;
    }

    /** What is to be done is on the queue in parts; the worker lets go of the run until the last of them is done. */
    void awaitShards() {
        become(RunState.AWAITING_SHARDS);
        worker = null;
    }

    /** A shard is done, so failures before it were not in a row. */
    void shardDone() {
        failures = 0;
        failure = null;
    }

    /** A shard failed; says how many have in a row. */
    int shardFailed(String why) {
        failure = shortened(why);
        return ++failures;
    }

    /** A person decided, or the last shard is done; the queue goes on with {@code next}. */
    void goOn(Stage next) {
        become(RunState.QUEUED);
        stage = next;
    }

    /** Keeps what a method tried; a search that begins anew replaces the one before. */
    void tried(Trial trial) {
        var all = new java.util.ArrayList<Trial>();
        if (trial.number() > 1) {
            all.addAll(trials());
        }
        all.add(trial);
        trials = JSON.writeValueAsString(all);
    }

    List<Trial> trials() {
        return List.of(JSON.readValue(trials, Trial[].class));
    }

    /** Another method on the same run. */
    void tryNext(Method next) {
        trials = "[]";
        method = JSON.writeValueAsString(next);
        stage = Stage.EDIT;
        candidateVersionId = null;
        failures = 0;
        editSeconds = 0;
    }

    /** The same method on the version that has become the champion meanwhile. */
    void editAgain() {
        stage = Stage.RESOLVE;
        parentVersionId = null;
        candidateVersionId = null;
        failures = 0;
        editSeconds = 0;
    }

    /** An attempt failed; says how many have in a row. */
    int failed(String why) {
        become(RunState.RETRYING);
        failure = shortened(why);
        worker = null;
        return ++failures;
    }

    void end(RunState last, @Nullable String why, Instant at) {
        become(last);
        failure = why == null ? null : shortened(why);
        endedAt = at;
        workedUntil = workedUntil == null ? at : workedUntil;
        worker = null;
    }

    void retry() {
        become(RunState.QUEUED);
        failures = 0;
        losses = 0;
        lostPlace = null;
        endedAt = null;
        workedUntil = null;
        workspaceErasedAt = null;
        cancelRequested = false;
    }

    void workspaceErased(Instant at) {
        workspaceErasedAt = at;
    }

    @Nullable Instant workspaceErasedAt() {
        return workspaceErasedAt;
    }

    void requestCancel() {
        cancelRequested = true;
    }

    private void become(RunState next) {
        if (!state.canBecome(next)) {
            throw Problem.conflict(
                    "run-state", "run " + id + " is " + state.name().toLowerCase(Locale.ROOT));
        }
        state = next;
    }

    private static String shortened(String why) {
        return why.length() <= MAX_FAILURE ? why : why.substring(0, MAX_FAILURE) + "…";
    }

    UUID id() {
        return id;
    }

    UUID controllerId() {
        return controllerId;
    }

    UUID modelId() {
        return modelId;
    }

    Kind kind() {
        return kind;
    }

    RunState state() {
        return state;
    }

    Stage stage() {
        return stage;
    }

    int attempt() {
        return attempt;
    }

    boolean cancelRequested() {
        return cancelRequested;
    }

    @Nullable Instant dueAt() {
        return dueAt;
    }

    @Nullable String failure() {
        return failure;
    }

    @Nullable String worker() {
        return worker;
    }

    @Nullable Instant startedAt() {
        return startedAt;
    }

    @Nullable Instant endedAt() {
        return endedAt;
    }

    Instant createdAt() {
        return createdAt;
    }

    byte @Nullable [] requestFingerprint() {
        return requestFingerprint == null ? null : requestFingerprint.clone();
    }

    Training training() {
        return JSON.readValue(java.util.Objects.requireNonNull(training), Training.class);
    }

    private RunPurpose purpose() {
        return switch (kind) {
            case TRAINING -> retraining ? RunPurpose.RETRAINING : RunPurpose.TRAINING;
            case UNLEARNING -> RunPurpose.UNLEARNING;
            case DESTRUCTION -> RunPurpose.DESTRUCTION;
            case ENSEMBLE -> RunPurpose.ENSEMBLE;
            case DEMEMORISATION -> RunPurpose.DEMEMORISATION;
        };
    }

    RunView view() {
        return new RunView(
                id,
                controllerId,
                modelId,
                purpose(),
                state,
                stage,
                attempt,
                starter,
                Set.of(JSON.readValue(submitters, String[].class)),
                method == null ? null : JSON.readValue(method, Method.class),
                parentVersionId,
                candidateVersionId,
                List.of(JSON.readValue(requestIds, UUID[].class)),
                records(),
                dueAt,
                mining == null ? null : JSON.readValue(mining, Mining.class),
                editSeconds);
    }

    private static byte[] packed(List<RecordRef> records) {
        var buffer = ByteBuffer.allocate(records.size() * RECORD);
        records.forEach(record -> buffer.putLong(record.datasetId().getMostSignificantBits())
                .putLong(record.datasetId().getLeastSignificantBits())
                .putInt(record.ordinal()));
        return buffer.array();
    }

    private List<RecordRef> records() {
        var buffer = ByteBuffer.wrap(forget);
        var all = new ArrayList<RecordRef>();
        while (buffer.hasRemaining()) {
            all.add(new RecordRef(new UUID(buffer.getLong(), buffer.getLong()), buffer.getInt()));
        }
        return all;
    }
}
