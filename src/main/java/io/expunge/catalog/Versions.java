package io.expunge.catalog;

import io.expunge.api.NewVersion;
import io.expunge.api.TrainingData;
import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.engine.Architecture;
import io.expunge.engine.ModelRefused;
import io.expunge.engine.Network;
import io.expunge.shared.IdempotencyKey;
import io.expunge.shared.Ids;
import io.expunge.shared.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Immutable weights and what is known of them. */
@Service
public class Versions {

    static final String WEIGHTS = "model.safetensors";
    static final String CONFIG = "config.json";
    static final String REWIND = "rewind.safetensors";

    private static final double DEFAULT_TEST_FRACTION = 0.2;

    private final VersionRepository versions;
    private final ModelRepository models;
    private final DatasetRepository datasets;
    private final ForgottenRecords forgotten;
    private final TrainingSets trainingSets;
    private final Artifacts artifacts;
    private final CatalogSettings settings;
    private final AuditLog audit;
    private final TransactionTemplate transaction;
    private final Clock clock;

    Versions(
            VersionRepository versions,
            ModelRepository models,
            DatasetRepository datasets,
            ForgottenRecords forgotten,
            TrainingSets trainingSets,
            Artifacts artifacts,
            CatalogSettings settings,
            AuditLog audit,
            TransactionTemplate transaction,
            Clock clock) {
        this.versions = versions;
        this.models = models;
        this.datasets = datasets;
        this.forgotten = forgotten;
        this.trainingSets = trainingSets;
        this.artifacts = artifacts;
        this.settings = settings;
        this.audit = audit;
        this.transaction = transaction;
        this.clock = clock;
    }

    /** The version {@code id} of any controller, for background work. */
    @Transactional(readOnly = true)
    public VersionView version(UUID id) {
        return view(versions.findById(id).orElseThrow(() -> Problem.notFound("version", id)));
    }

    @PreAuthorize("isAuthenticated()")
    @Transactional(readOnly = true)
    public VersionView find(UUID id) {
        return view(own(id));
    }

    /** All versions of the caller's model, newest first. */
    @PreAuthorize("isAuthenticated()")
    @Transactional(readOnly = true)
    public List<VersionView> ofModel(UUID modelId) {
        ownModel(modelId);
        return versions.findByModelIdOrderByNumberDesc(modelId).stream()
                .map(this::view)
                .toList();
    }

    /** Checks that {@code data} exists, is ready and fits the caller's model; fixes which records are held out. */
    @Transactional(readOnly = true)
    public TrainingSource source(UUID modelId, TrainingData data, long seed) {
        var model = ownModel(modelId);
        var split = data.getTestDatasetId() != null
                ? 0
                : Optional.ofNullable(data.getTestFraction()).orElse(DEFAULT_TEST_FRACTION);
        if (data.getTestDatasetId() != null && data.getTestFraction() != null) {
            throw Problem.invalid("data.testFraction", "and testDatasetId exclude each other");
        }
        ready(data.getDatasetId(), "data.datasetId", model.architecture());
        if (data.getTestDatasetId() != null) {
            ready(data.getTestDatasetId(), "data.testDatasetId", model.architecture());
            trainingSets.requireSameForm(data.getDatasetId(), data.getTestDatasetId());
        }
        return new TrainingSource(data.getDatasetId(), data.getTestDatasetId(), split, seed);
    }

    /** Declares a version that was trained elsewhere. */
    @PreAuthorize("hasRole('ENGINEER')")
    @Transactional
    public VersionView declare(UUID modelId, NewVersion declared, @Nullable IdempotencyKey key) {
        var actor = Actor.current();
        if (key != null) {
            var earlier = versions.findByControllerIdAndIdempotencyKey(actor.controller(), key.value());
            if (earlier.isPresent()) {
                key.requireSame(earlier.get().requestFingerprint());
                return view(earlier.get());
            }
        }
        var source = source(modelId, declared.getData(), declared.getSeed());
        var version = fresh(modelId, VersionView.Origin.IMPORTED, source, declared.getRecipe(), declared.getSeed());
        if (key != null) {
            version.declaredUnder(key);
        }
        versions.save(version);
        audit.append(actor, "version.declared", "version", version.id(), Map.of("model", modelId.toString()));
        return view(version);
    }

    /** Takes the weights of a declared version; refuses tensors that don't fit, by name. */
    @PreAuthorize("hasRole('ENGINEER')")
    public VersionView upload(UUID id, InputStream body) {
        var actor = Actor.current();
        var declared = own(id);
        if (declared.state() != VersionView.State.AWAITING_WEIGHTS) {
            throw Problem.conflict("weights-already-read", "version " + id + " has its weights; they never change");
        }
        var architecture = models.findById(declared.modelId()).orElseThrow().architecture();
        var staging = artifacts.staging();
        try {
            var weights = staging.resolve(WEIGHTS);
            Files.copy(Upload.limited(body, settings), weights);
            check(architecture, weights);
            var digest = store(architecture, declared.source(), weights, null);
            return transaction.execute(ignored -> {
                var version = versions.findById(id).orElseThrow();
                version.fill(digest);
                versions.save(version);
                audit.append(actor, "version.imported", "version", id, Map.of("digest", hex(digest)));
                if (models.findById(version.modelId()).orElseThrow().championId() == null) {
                    publish(id, actor);
                }
                return view(version);
            });
        } catch (IOException e) {
            throw Artifacts.explain(e);
        } finally {
            Artifacts.delete(staging);
        }
    }

    /**
     * Stores what a run made, as a candidate, in the caller's transaction. A candidate that the same run made before is
     * rejected: a stage that is entered twice leaves one.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public UUID propose(Candidate made) {
        var model = models.lock(made.modelId()).orElseThrow();
        for (var earlier : versions.findByRunIdAndState(made.runId(), VersionView.State.CANDIDATE)) {
            earlier.reject();
            versions.save(earlier);
        }
        var version = fresh(model.id(), made.origin(), made.source(), made.recipe(), made.seed());
        version.madeBy(made.runId(), made.parentId());
        var digest = store(model.architecture(), made.source(), made.weights(), made.rewind());
        version.fill(digest);
        versions.saveAndFlush(version); // forgotten records are written beside JPA
        addForgotten(version, made);
        audit.append(
                Actor.system(model.controllerId()),
                "version.proposed",
                "version",
                version.id(),
                Map.of("model", model.id().toString(), "run", made.runId().toString(), "digest", hex(digest)));
        return version.id();
    }

    private void addForgotten(VersionEntity version, Candidate made) {
        if (made.parentId() != null) {
            versions.inheritForgotten(version.id(), made.parentId());
        }
        made.forgotten().stream()
                .collect(Collectors.groupingBy(
                        RecordRef::datasetId, Collectors.mapping(RecordRef::ordinal, Collectors.toList())))
                .forEach((dataset, ordinals) -> forgotten.add(version.id(), dataset, ordinals));
    }

    /**
     * Makes a candidate the champion of its model, in the caller's transaction.
     *
     * @throws Problem if it was made from another version than the champion: what was forgotten meanwhile would come back
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void publish(UUID id, Actor actor) {
        var version = versions.findById(id).orElseThrow();
        var model = models.lock(version.modelId()).orElseThrow();
        var before = model.championId();
        if (version.parentId() != null && !version.parentId().equals(before)) {
            throw Problem.conflict("champion-moved", "version " + id + " was not made from the champion " + before);
        }
        version.publish(clock.instant());
        model.crown(id);
        versions.save(version);
        models.save(model);
        var details = new HashMap<String, Object>();
        details.put("model", model.id().toString());
        details.put("digest", hex(version.digest()));
        details.put("before", before == null ? "" : before.toString());
        audit.append(actor, "version.published", "version", id, details);
    }

    @Transactional(propagation = Propagation.MANDATORY)
    public void reject(UUID id, Actor actor) {
        var version = versions.findById(id).orElseThrow();
        version.reject();
        versions.save(version);
        audit.append(actor, "version.rejected", "version", id, Map.of());
    }

    /**
     * Moves the champion alias back to an earlier published version and withdraws every later one.
     *
     * @return the records that the champion had forgotten and that its successor still knows
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Set<RecordRef> rollBack(UUID modelId, UUID id, Actor actor) {
        var model = models.lock(modelId).orElseThrow(() -> Problem.notFound("model", modelId));
        var target = versions.findById(id)
                .filter(version -> version.modelId().equals(modelId))
                .orElseThrow(() -> Problem.notFound("version", id));
        var champion = model.championId();
        if (champion == null || champion.equals(id) || target.state() != VersionView.State.PUBLISHED) {
            throw Problem.refused("cannot-roll-back", "versionId", "must be an earlier published version of the model");
        }
        var lost = forgotten.lost(champion, id);
        for (var later : versions.findByModelIdOrderByNumberDesc(modelId)) {
            if (later.id().equals(id)) {
                break;
            }
            if (later.state() == VersionView.State.PUBLISHED) {
                later.withdraw();
                versions.save(later);
            }
        }
        model.crown(id);
        models.save(model);
        audit.append(
                actor,
                "model.rolled-back",
                "model",
                modelId,
                Map.of("from", champion.toString(), "to", id.toString(), "records", lost.size()));
        return lost;
    }

    /** Adds figures to what is known of a version, in the caller's transaction. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void recordMetrics(UUID id, Map<String, Double> figures) {
        var version = versions.findById(id).orElseThrow();
        version.measured(figures);
        versions.save(version);
    }

    /** The safetensors file of a version; immutable. */
    public Path weights(UUID id) {
        return file(id, WEIGHTS).orElseThrow(() -> new IllegalStateException("version " + id + " has no weights"));
    }

    /** Weights of an early epoch of the lineage's training, if they were kept. */
    public Optional<Path> rewind(UUID id) {
        return file(id, REWIND);
    }

    private Optional<Path> file(UUID id, String name) {
        var digest = versions.findById(id)
                .orElseThrow(() -> Problem.notFound("version", id))
                .digest();
        return Optional.ofNullable(digest)
                .map(address -> artifacts.version(address).resolve(name))
                .filter(Files::exists);
    }

    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER')")
    public Path download(UUID id, String name) {
        own(id);
        if (!name.equals(WEIGHTS) && !name.equals(CONFIG)) {
            throw Problem.notFound("file", "of that name");
        }
        return file(id, name)
                .orElseThrow(() -> Problem.conflict("weights-awaited", "version " + id + " has no weights yet"));
    }

    private byte[] store(Architecture architecture, TrainingSource source, Path weights, @Nullable Path rewind) {
        var staging = artifacts.staging();
        try {
            var config = staging.resolve(CONFIG);
            Files.writeString(config, Json.write(trainingSets.config(architecture, source)) + "\n");
            var files = new HashMap<String, Path>();
            files.put(WEIGHTS, weights);
            files.put(CONFIG, config);
            if (rewind != null) {
                files.put(REWIND, rewind);
            }
            return artifacts.storeVersion(files);
        } catch (IOException e) {
            throw Artifacts.explain(e);
        } finally {
            Artifacts.delete(staging);
        }
    }

    private static void check(Architecture architecture, Path weights) {
        try {
            Network.load(architecture, weights).close();
        } catch (ModelRefused e) {
            throw Problem.refused("model-refused", "weights", String.valueOf(e.getMessage()));
        }
    }

    private void ready(UUID id, String field, Architecture architecture) {
        var dataset = datasets.findByIdAndControllerId(id, Actor.current().controller())
                .orElseThrow(() -> Problem.refused("dataset-not-found", field, "names no data set"));
        var content = dataset.content();
        if (content == null) {
            throw Problem.refused("dataset-not-ready", field, "names a data set whose parts are still awaited");
        }
        var shape = content.shape().stream().mapToLong(Long::longValue).toArray();
        if (!java.util.Arrays.equals(shape, architecture.inputShape())) {
            throw Problem.refused(
                    "dataset-does-not-fit",
                    field,
                    "has examples of shape " + content.shape() + " but the model takes "
                            + java.util.Arrays.toString(architecture.inputShape()));
        }
        if (content.classes().size() > architecture.classes()) {
            throw Problem.refused(
                    "dataset-does-not-fit",
                    field,
                    "has " + content.classes().size() + " classes but the model tells " + architecture.classes()
                            + " apart");
        }
    }

    private VersionEntity fresh(
            UUID modelId,
            VersionView.Origin origin,
            TrainingSource source,
            io.expunge.engine.Recipe recipe,
            long seed) {
        var model = models.lock(modelId).orElseThrow(() -> Problem.notFound("model", modelId));
        return new VersionEntity(
                Ids.next(), model, versions.lastNumber(modelId) + 1, origin, source, recipe, seed, clock.instant());
    }

    private ModelEntity ownModel(UUID id) {
        return models.findByIdAndControllerId(id, Actor.current().controller())
                .orElseThrow(() -> Problem.notFound("model", id));
    }

    private VersionEntity own(UUID id) {
        return versions.findByIdAndControllerId(id, Actor.current().controller())
                .orElseThrow(() -> Problem.notFound("version", id));
    }

    private VersionView view(VersionEntity version) {
        return version.view(versions.countForgotten(version.id()));
    }

    private static String hex(byte @Nullable [] digest) {
        return digest == null ? "" : HexFormat.of().formatHex(digest);
    }
}
