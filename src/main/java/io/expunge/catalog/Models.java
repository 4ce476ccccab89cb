package io.expunge.catalog;

import io.expunge.api.Model;
import io.expunge.api.NewModel;
import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.shared.IdempotencyKey;
import io.expunge.shared.Ids;
import io.expunge.shared.Page;
import io.expunge.shared.Problem;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Named lineages of versions. */
@Service
public class Models {

    private final ModelRepository models;
    private final AuditLog audit;
    private final Clock clock;

    Models(ModelRepository models, AuditLog audit, Clock clock) {
        this.models = models;
        this.audit = audit;
        this.clock = clock;
    }

    @PreAuthorize("hasRole('ENGINEER')")
    @Transactional
    public Model create(NewModel declared, @Nullable IdempotencyKey key) {
        var actor = Actor.current();
        if (key != null) {
            var earlier = models.findByControllerIdAndIdempotencyKey(actor.controller(), key.value());
            if (earlier.isPresent()) {
                key.requireSame(earlier.get().requestFingerprint());
                return present(earlier.get());
            }
        }
        var model = models.save(new ModelEntity(
                Ids.next(),
                actor.controller(),
                declared.getName(),
                declared.getArchitecture(),
                Objects.requireNonNullElse(declared.getPolicy(), "default"),
                key,
                clock.instant()));
        audit.append(
                actor,
                "model.created",
                "model",
                model.id(),
                Map.of("architecture", model.architecture().name()));
        return present(model);
    }

    @PreAuthorize("isAuthenticated()")
    @Transactional(readOnly = true)
    public Model find(UUID id) {
        return present(own(id));
    }

    @PreAuthorize("isAuthenticated()")
    @Transactional(readOnly = true)
    public Page<Model> list(@Nullable String cursor, @Nullable Integer asked) {
        int limit = Page.limit(asked);
        var rows = models.page(Actor.current().controller(), Page.before(cursor), Limit.of(limit + 1));
        return Page.of(rows, limit, ModelEntity::id).map(Models::present);
    }

    /** The model {@code id} of any controller, for background work that checked its right to it when it was ordered. */
    @Transactional(readOnly = true)
    public ModelView model(UUID id) {
        return view(models.findById(id).orElseThrow(() -> Problem.notFound("model", id)));
    }

    /** The model {@code id} of any controller; nobody else orders work on it until the caller's transaction ends. */
    @Transactional(propagation = Propagation.MANDATORY)
    public ModelView hold(UUID id) {
        return view(models.lock(id).orElseThrow(() -> Problem.notFound("model", id)));
    }

    /** The caller's model {@code id}. */
    @Transactional(readOnly = true)
    public ModelView ownModel(UUID id) {
        return view(own(id));
    }

    private ModelEntity own(UUID id) {
        return models.findByIdAndControllerId(id, Actor.current().controller())
                .orElseThrow(() -> Problem.notFound("model", id));
    }

    static ModelView view(ModelEntity model) {
        return new ModelView(
                model.id(),
                model.controllerId(),
                model.name(),
                model.architecture(),
                model.policy(),
                model.championId(),
                model.destroyed());
    }

    private static Model present(ModelEntity model) {
        return new Model(
                        model.id(),
                        model.name(),
                        model.architecture(),
                        model.policy(),
                        model.createdAt().atOffset(ZoneOffset.UTC))
                .champion(model.championId())
                .destroyedAt(
                        model.destroyedAt() == null ? null : model.destroyedAt().atOffset(ZoneOffset.UTC));
    }
}
