package io.expunge.catalog;

import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.shared.Problem;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Erases versions for good. A version is condemned first, so that nobody uses it any more; then its files are deleted; then
 * the log says so. A process that ends in between leaves the rest to the next one. Rows stay, as tombstones.
 */
@Service
public class Disposal {

    private final ModelRepository models;
    private final VersionRepository versions;
    private final Artifacts artifacts;
    private final AuditLog audit;
    private final TransactionTemplate transaction;
    private final Clock clock;

    Disposal(
            ModelRepository models,
            VersionRepository versions,
            Artifacts artifacts,
            AuditLog audit,
            TransactionTemplate transaction,
            Clock clock) {
        this.models = models;
        this.versions = versions;
        this.artifacts = artifacts;
        this.audit = audit;
        this.transaction = transaction;
        this.clock = clock;
    }

    /** Versions that were rejected, withdrawn or superseded before a time and still have their files. */
    @Transactional(readOnly = true)
    public List<VersionView> left(Instant before) {
        return versions.left(before).stream().map(version -> version.view(0)).toList();
    }

    /**
     * From now on nobody uses the version; its files go with the next {@link #eraseCondemned}.
     *
     * @return whether it is condemned; one that is served again meanwhile is not
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public boolean condemn(UUID id, String why) {
        var version = versions.findById(id).orElseThrow();
        var model = models.lock(version.modelId()).orElseThrow();
        if (id.equals(model.championId())) {
            return false;
        }
        condemn(version, Actor.system(version.controllerId()), why);
        return true;
    }

    private void condemn(VersionEntity version, Actor actor, String why) {
        version.condemn(clock.instant());
        versions.save(version);
        audit.append(actor, "version.condemned", "version", version.id(), Map.of("reason", why));
    }

    /** Condemns every version of a model; no version of it is made or served from now on. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void condemnModel(UUID id, Actor actor) {
        var model = models.lock(id).orElseThrow(() -> Problem.notFound("model", id));
        if (model.destroyed()) {
            return; // by an attempt that ended before its files were gone
        }
        model.destroy(clock.instant());
        models.save(model);
        for (var version : versions.findByModelIdOrderByNumberDesc(id)) {
            if (!version.condemned()) {
                condemn(version, actor, "model destroyed");
            }
        }
        audit.append(actor, "model.condemned", "model", id, Map.of());
    }

    /**
     * Deletes the files of condemned versions, each with an entry in the log.
     *
     * @param actor whom the log names
     * @return how many versions
     */
    public int eraseCondemned(List<UUID> ids, Actor actor) {
        ids.forEach(id -> erase(id, actor));
        return ids.size();
    }

    /** Condemned versions of any model whose files are still to go. */
    @Transactional(readOnly = true)
    public List<VersionView> condemned(int limit) {
        return versions.condemned(Limit.of(limit)).stream()
                .map(version -> version.view(0))
                .toList();
    }

    /** Condemned versions of a model whose files are still to go. */
    @Transactional(readOnly = true)
    public List<UUID> condemnedOf(UUID modelId) {
        return versions.findByModelIdOrderByNumberDesc(modelId).stream()
                .filter(version -> version.condemned() && !version.isErased())
                .map(VersionEntity::id)
                .toList();
    }

    private void erase(UUID id, Actor actor) {
        var digest = transaction.execute(
                ignored -> versions.findById(id).orElseThrow().digest());
        // two versions may be the same bytes; they go with the last of them
        boolean shared = digest != null && versions.countUsing(digest) > 0;
        artifacts.erase(artifacts.curvature(id)); // taken over its texts, so it goes whoever shares its bytes
        var gone = digest == null || shared ? Artifacts.Erased.NOTHING : artifacts.erase(artifacts.version(digest));
        transaction.executeWithoutResult(ignored -> {
            var version = versions.lock(id).orElseThrow();
            if (version.isErased()) {
                return;
            }
            version.erased(clock.instant());
            versions.save(version);
            audit.append(
                    actor,
                    "version.erased",
                    "version",
                    id,
                    Map.of(
                            "digest",
                            digest == null ? "" : HexFormat.of().formatHex(digest),
                            "files",
                            gone.files(),
                            "bytes",
                            gone.bytes(),
                            "keptForAnotherVersion",
                            shared));
        });
    }
}
