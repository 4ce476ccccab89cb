package io.expunge.catalog;

import io.expunge.engine.Recipe;
import io.expunge.engine.TextRecipe;
import io.expunge.shared.IdempotencyKey;
import io.expunge.shared.Problem;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One set of weights; only its state moves. */
@Entity
@Table(name = "version")
class VersionEntity {

    @Id
    private UUID id;

    @Version
    private int revision;

    private UUID controllerId;
    private UUID modelId;
    private int number;

    @Enumerated(EnumType.STRING)
    private VersionView.State state;

    @Enumerated(EnumType.STRING)
    private VersionView.Origin origin;

    private @Nullable UUID parentId;
    private @Nullable UUID runId;
    private byte @Nullable [] digest;
    private @Nullable UUID datasetId;
    private @Nullable UUID testDatasetId;
    private double testFraction;
    private long splitSeed;
    private @Nullable String recipe;
    private @Nullable String textRecipe;
    private long seed;
    private @Nullable UUID baseId;
    private String metrics;

    @SuppressWarnings("UnusedVariable") // read by queries
    private @Nullable String idempotencyKey;

    private byte @Nullable [] requestFingerprint;
    private Instant createdAt;
    private @Nullable Instant publishedAt;

    @SuppressWarnings("UnusedVariable") // read by queries
    private @Nullable Instant leftAt;

    private @Nullable Instant condemnedAt;
    private @Nullable Instant erasedAt;

    @SuppressWarnings("NullAway.Init")
    protected VersionEntity() {}

    VersionEntity(
            UUID id,
            ModelEntity model,
            int number,
            VersionView.Origin origin,
            @Nullable Training training,
            Instant createdAt) {
        this.id = id;
        this.controllerId = model.controllerId();
        this.modelId = model.id();
        this.number = number;
        this.state = VersionView.State.AWAITING_WEIGHTS;
        this.origin = origin;
        if (training != null) {
            var source = training.source();
            this.datasetId = source.datasetId();
            this.testDatasetId = source.testDatasetId();
            this.testFraction = source.testFraction();
            this.splitSeed = source.splitSeed();
            this.recipe = training.recipe() == null ? null : Json.write(training.recipe());
            this.textRecipe = training.textRecipe() == null ? null : Json.write(training.textRecipe());
            this.seed = training.seed();
            this.baseId = training.baseId();
        }
        this.metrics = "{}";
        this.createdAt = createdAt;
    }

    void declaredUnder(IdempotencyKey key) {
        idempotencyKey = key.value();
        requestFingerprint = key.fingerprint();
    }

    void madeBy(UUID run, @Nullable UUID parent) {
        runId = run;
        parentId = parent;
    }

    /** The weights are stored; what remains is to judge them. */
    void fill(byte[] address) {
        require(VersionView.State.AWAITING_WEIGHTS);
        digest = address.clone();
        state = VersionView.State.CANDIDATE;
    }

    void publish(Instant at) {
        require(VersionView.State.CANDIDATE);
        state = VersionView.State.PUBLISHED;
        publishedAt = at;
    }

    void reject(Instant at) {
        require(VersionView.State.CANDIDATE);
        state = VersionView.State.REJECTED;
        leftAt = at;
    }

    void withdraw(Instant at) {
        require(VersionView.State.PUBLISHED);
        state = VersionView.State.WITHDRAWN;
        leftAt = at;
    }

    /** Another version is served in its place. */
    void superseded(Instant at) {
        leftAt = at;
    }

    /** It is served again. */
    void returned() {
        leftAt = null;
    }

    /** Its files are to go; nobody uses them from now on. */
    void condemn(Instant at) {
        condemnedAt = at;
    }

    /** Its files are gone. */
    void erased(Instant at) {
        erasedAt = at;
    }

    boolean condemned() {
        return condemnedAt != null;
    }

    boolean isErased() {
        return erasedAt != null;
    }

    /** Passes while the version has files. */
    void requireFiles() {
        if (condemnedAt != null) {
            throw new Problem(Problem.Kind.GONE, "version-erased", "the files of version " + id + " were erased");
        }
    }

    void measured(Map<String, Double> figures) {
        var all = new TreeMap<>(metrics());
        all.putAll(figures);
        metrics = Json.write(all);
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

    @Nullable UUID parentId() {
        return parentId;
    }

    VersionView.State state() {
        return state;
    }

    byte @Nullable [] digest() {
        return digest == null ? null : digest.clone();
    }

    byte @Nullable [] requestFingerprint() {
        return requestFingerprint == null ? null : requestFingerprint.clone();
    }

    /** Where the files are; asked only of versions that have them. */
    byte[] address() {
        requireFiles();
        return java.util.Objects.requireNonNull(digest, "version " + id + " has no files")
                .clone();
    }

    /** How it was trained; null where it learned from no data set. */
    @Nullable Training training() {
        return datasetId == null
                ? null
                : new Training(
                        new TrainingSource(datasetId, testDatasetId, testFraction, splitSeed),
                        recipe == null ? null : Json.read(recipe, Recipe.class),
                        textRecipe == null ? null : Json.read(textRecipe, TextRecipe.class),
                        seed,
                        baseId);
    }

    /** How it was trained, which is asked only of versions that learned from a data set. */
    Training trained() {
        var training = training();
        if (training == null) {
            throw new IllegalStateException("version " + id + " learned from no data set");
        }
        return training;
    }

    @SuppressWarnings("unchecked")
    private Map<String, Double> metrics() {
        return Json.read(metrics, Map.class);
    }

    VersionView view(long forgotten) {
        return new VersionView(
                id,
                modelId,
                controllerId,
                number,
                state,
                origin,
                parentId,
                runId,
                digest == null ? null : HexFormat.of().formatHex(digest),
                training(),
                forgotten,
                metrics(),
                createdAt,
                publishedAt,
                erasedAt);
    }

    private void require(VersionView.State expected) {
        if (state != expected) {
            throw Problem.conflict(
                    "version-state", "version " + id + " is " + state.name().toLowerCase(java.util.Locale.ROOT));
        }
    }
}
