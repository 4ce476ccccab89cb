package io.expunge.catalog;

import io.expunge.api.NewVersion;
import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.engine.NetworkArchitecture;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Immutable weights and what is known of them. */
@Service
public class Versions {

    private final VersionRepository versions;
    private final ModelRepository models;
    private final ForgottenRecords forgotten;
    private final Trainings trainings;
    private final VersionFiles files;
    private final Artifacts artifacts;
    private final AuditLog audit;
    private final ApplicationEventPublisher events;
    private final TransactionTemplate transaction;
    private final Clock clock;

    Versions(
            VersionRepository versions,
            ModelRepository models,
            ForgottenRecords forgotten,
            Trainings trainings,
            VersionFiles files,
            Artifacts artifacts,
            AuditLog audit,
            ApplicationEventPublisher events,
            TransactionTemplate transaction,
            Clock clock) {
        this.versions = versions;
        this.models = models;
        this.forgotten = forgotten;
        this.trainings = trainings;
        this.files = files;
        this.artifacts = artifacts;
        this.audit = audit;
        this.events = events;
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

    /** All versions of a model of any controller, oldest first, for background work. */
    @Transactional(readOnly = true)
    public List<VersionView> everyOf(UUID modelId) {
        return versions.findByModelIdOrderByNumberDesc(modelId).reversed().stream()
                .map(this::view)
                .toList();
    }

    /** Whether a version that is not condemned has files of this digest, so that they stay. */
    @Transactional(readOnly = true)
    public boolean held(String digest) {
        return versions.countUsing(HexFormat.of().parseHex(digest)) > 0;
    }

    /** Records of its data set that a version did not learn from, or no longer. */
    @Transactional(readOnly = true)
    public Set<RecordRef> without(UUID id) {
        return forgotten.of(id);
    }

    /** Every version that a run made, in their order. */
    @Transactional(readOnly = true)
    public List<VersionView> ofRun(UUID runId) {
        return versions.findByRunIdOrderByNumber(runId).stream().map(this::view).toList();
    }

    /** Versions that were made from the caller's version, or from one that was. */
    @PreAuthorize("isAuthenticated()")
    @Transactional(readOnly = true)
    public List<VersionView> derived(UUID id) {
        own(id);
        return versions.derived(id).stream().map(this::view).toList();
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
        var training = trainings.declared(
                modelId,
                new Trainings.Said(
                        declared.getData(),
                        declared.getRecipe(),
                        declared.getTextRecipe(),
                        declared.getSeed(),
                        declared.getBaseId()));
        var version = fresh(modelId, VersionView.Origin.IMPORTED, training);
        if (key != null) {
            version.declaredUnder(key);
        }
        versions.save(version);
        audit.append(actor, "version.declared", "version", version.id(), Map.of("model", modelId.toString()));
        return view(version);
    }

    /** Takes what a declared version holds; refuses what doesn't fit, by name. */
    @PreAuthorize("hasRole('ENGINEER')")
    public VersionView upload(UUID id, InputStream body) {
        var actor = Actor.current();
        var declared = own(id);
        declared.requireFiles();
        if (declared.state() != VersionView.State.AWAITING_WEIGHTS) {
            throw Problem.conflict("weights-already-read", "version " + id + " has its weights; they never change");
        }
        var architecture = models.findById(declared.modelId()).orElseThrow().architecture();
        var digest = files.receive(architecture, declared.training(), body);
        return transaction.execute(ignored -> {
            var version = versions.findById(id).orElseThrow();
            version.requireFiles();
            version.fill(digest);
            versions.save(version);
            audit.append(actor, "version.imported", "version", id, Map.of("digest", hex(digest)));
            if (models.findById(version.modelId()).orElseThrow().championId() == null) {
                publish(id, actor);
                versions.saveAndFlush(version); // who listens asks the database
                events.publishEvent(new VersionImported(id, version.modelId(), version.controllerId()));
            }
            return view(version);
        });
    }

    /**
     * Stores the weights of a classifier.
     *
     * @param rewind weights of an early epoch, for methods that begin there again
     * @return their address
     */
    public byte[] store(NetworkArchitecture architecture, TrainingSource source, Path weights, @Nullable Path rewind) {
        return files.store(architecture, source, weights, rewind);
    }

    /**
     * Stores the directory of a language model and takes it away from where it was.
     *
     * @return its address
     */
    public byte[] store(Path directory) {
        return files.store(directory);
    }

    /**
     * Makes a candidate of what a run stored, in the caller's transaction. A candidate that the same run made before is
     * rejected: a stage that is entered twice leaves one.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public UUID propose(Candidate made) {
        var model = models.lock(made.modelId()).orElseThrow();
        for (var earlier : versions.findByRunIdAndState(made.runId(), VersionView.State.CANDIDATE)) {
            earlier.reject(clock.instant());
            versions.save(earlier);
        }
        var version = fresh(model.id(), made.origin(), made.training());
        version.madeBy(made.runId(), made.parentId());
        version.fill(made.address());
        versions.saveAndFlush(version); // forgotten records are written beside JPA
        addForgotten(version, made);
        audit.append(
                Actor.system(model.controllerId()),
                "version.proposed",
                "version",
                version.id(),
                Map.of("model", model.id().toString(), "run", made.runId().toString(), "digest", hex(made.address())));
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
        var now = clock.instant();
        version.publish(now);
        if (before != null) {
            var superseded = versions.findById(before).orElseThrow();
            superseded.superseded(now);
            versions.save(superseded);
        }
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
        version.reject(clock.instant());
        versions.save(version);
        audit.append(actor, "version.rejected", "version", id, Map.of());
    }

    /** Moves the champion alias back to an earlier published version and withdraws every later one. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void rollBack(UUID modelId, UUID id, Actor actor) {
        var model = models.lock(modelId).orElseThrow(() -> Problem.notFound("model", modelId));
        var target = versions.findById(id)
                .filter(version -> version.modelId().equals(modelId))
                .orElseThrow(() -> Problem.notFound("version", id));
        var champion = model.championId();
        if (champion == null || champion.equals(id) || target.state() != VersionView.State.PUBLISHED) {
            throw Problem.refused("cannot-roll-back", "versionId", "must be an earlier published version of the model");
        }
        target.requireFiles();
        var now = clock.instant();
        for (var later : versions.findByModelIdOrderByNumberDesc(modelId)) {
            if (later.id().equals(id)) {
                break;
            }
            if (later.state() == VersionView.State.PUBLISHED) {
                later.withdraw(now);
                versions.save(later);
            }
        }
        target.returned();
        versions.save(target);
        model.crown(id);
        models.save(model);
        audit.append(
                actor, "model.rolled-back", "model", modelId, Map.of("from", champion.toString(), "to", id.toString()));
    }

    /** Adds figures to what is known of a version, in the caller's transaction. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void recordMetrics(UUID id, Map<String, Double> figures) {
        var version = versions.findById(id).orElseThrow();
        version.measured(figures);
        versions.save(version);
    }

    /** The safetensors file of a classifier's version; immutable. */
    public Path weights(UUID id) {
        return directory(id).resolve(VersionFiles.WEIGHTS);
    }

    /** Weights of an early epoch of the lineage's training, if they were kept. */
    public Optional<Path> rewind(UUID id) {
        return Optional.of(directory(id).resolve(VersionFiles.REWIND)).filter(Files::exists);
    }

    /** The files of a version; immutable. */
    public Path directory(UUID id) {
        return artifacts.version(versions.findById(id)
                .orElseThrow(() -> Problem.notFound("version", id))
                .address());
    }

    /** The files of the caller's version and how many bytes each has, in order of name. */
    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER')")
    public Map<Path, Long> files(UUID id) {
        var directory = downloadable(id);
        try {
            var all = new LinkedHashMap<Path, Long>();
            for (var file : Artifacts.files(directory)) {
                if (!file.toString().equals(VersionFiles.REWIND)) {
                    all.put(file, Files.size(directory.resolve(file)));
                }
            }
            return all;
        } catch (IOException e) {
            throw Artifacts.explain(e);
        }
    }

    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER')")
    public Path download(UUID id, String name) {
        return files(id).keySet().stream()
                .filter(file -> file.toString().equals(name))
                .map(downloadable(id)::resolve)
                .findAny()
                .orElseThrow(() -> Problem.notFound("file", "of that name"));
    }

    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER')")
    public Path downloadable(UUID id) {
        if (own(id).digest() == null) {
            throw Problem.conflict("weights-awaited", "version " + id + " has no weights yet");
        }
        return directory(id);
    }

    private VersionEntity fresh(UUID modelId, VersionView.Origin origin, @Nullable Training training) {
        var model = models.lock(modelId).orElseThrow(() -> Problem.notFound("model", modelId));
        Models.view(model).requireAlive();
        return new VersionEntity(
                Ids.next(), model, versions.lastNumber(modelId) + 1, origin, training, clock.instant());
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
