package io.expunge.evidence;

import io.expunge.api.NewDememorisationRun;
import io.expunge.api.NewUnlearningRun;
import io.expunge.audit.Actor;
import io.expunge.catalog.ModelView;
import io.expunge.catalog.Models;
import io.expunge.erasure.Erasures;
import io.expunge.erasure.WaitingTarget;
import io.expunge.method.Method;
import io.expunge.run.Mining;
import io.expunge.run.Predictions;
import io.expunge.run.Runs;
import io.expunge.run.UnlearningOrder;
import io.expunge.shared.IdempotencyKey;
import io.expunge.shared.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Orders runs and fixes, in the same transaction, what they will be judged by. */
@Service
class Planning {

    private static final Logger log = LoggerFactory.getLogger(Planning.class);

    /** So close to its deadline a request waits for no other. */
    private static final Duration URGENT = Duration.ofDays(1);

    private final Runs runs;
    private final Models models;
    private final Erasures erasures;
    private final Predictions predictions;
    private final Policies policies;
    private final EvaluationRepository evaluations;
    private final Clock clock;

    Planning(
            Runs runs,
            Models models,
            Erasures erasures,
            Predictions predictions,
            Policies policies,
            EvaluationRepository evaluations,
            Clock clock) {
        this.runs = runs;
        this.models = models;
        this.erasures = erasures;
        this.predictions = predictions;
        this.policies = policies;
        this.evaluations = evaluations;
        this.clock = clock;
    }

    /** Orders a run by hand. */
    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER')")
    @Transactional
    public UUID order(NewUnlearningRun declared, @Nullable IdempotencyKey key) {
        var model = models.ownModel(declared.getModelId());
        var requests = Objects.requireNonNullElse(declared.getRequestIds(), List.<UUID>of());
        return start(Actor.current(), model.id(), requests, declared.getPolicy(), declared.getMethod(), key);
    }

    /**
     * Orders a run that makes the champion of the caller's model recite less, for nobody's request. Its method is not
     * followed by others: those of a policy are for requests.
     */
    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER')")
    @Transactional
    public UUID order(NewDememorisationRun declared, @Nullable IdempotencyKey key) {
        var actor = Actor.current();
        var model = models.ownModel(declared.getModelId());
        var policy = Objects.requireNonNullElse(declared.getPolicy(), model.policy());
        var rules = policies.rules(model.controller(), policy).withOnly(declared.getMethod());
        var asked = declared.getMining();
        Mining mining;
        try {
            mining = new Mining(asked.getPrefix(), asked.getSuffix(), asked.getMost());
        } catch (IllegalArgumentException e) {
            throw Problem.refused("mining-out-of-range", "mining", String.valueOf(e.getMessage()));
        }
        var id = runs.startDememorisation(actor, model.id(), declared.getMethod(), mining, key);
        fix(id, actor, policy, rules);
        return id;
    }

    /** Orders a run in the name of {@code actor}, who may. */
    @Transactional
    public UUID start(
            Actor actor,
            UUID modelId,
            List<UUID> requests,
            @Nullable String wanted,
            @Nullable Method method,
            @Nullable IdempotencyKey key) {
        var model = models.model(modelId);
        var policy = Objects.requireNonNullElse(wanted, model.policy());
        var rules = rules(model, policy);
        if (method != null) {
            if (!method.edits(model.architecture())) {
                throw Problem.refused("method-does-not-fit", "method", "does not edit models of this kind");
            }
            if (!runs.known(actor, key)) {
                predictions.require(method, model, requests.isEmpty() ? waiting(modelId) : requests);
            }
            rules = rules.beginningWith(method);
        }
        if (rules.methods().isEmpty()) {
            throw Problem.refused("no-method", "policy", "has no method for models of this kind");
        }
        return begin(actor, model.id(), requests, policy, rules, key);
    }

    /** Orders a run for a model's waiting requests if its policy wants that now. */
    @Transactional
    public void plan(UUID modelId) {
        if (runs.active(modelId)) {
            return;
        }
        var waiting = erasures.waiting(modelId);
        if (waiting.isEmpty()) {
            return;
        }
        var model = models.model(modelId);
        var rules = rules(model, model.policy());
        if (rules.methods().isEmpty()) {
            log.warn("policy {} has no method for model {}, whose requests wait", model.policy(), modelId);
        } else if (rules.automatic() && waiting.stream().anyMatch(target -> isTime(target, rules.waitSeconds()))) {
            begin(Actor.system(model.controller()), modelId, List.of(), model.policy(), rules, null);
        }
    }

    private List<UUID> waiting(UUID modelId) {
        return erasures.waiting(modelId).stream().map(WaitingTarget::requestId).toList();
    }

    private Rules rules(ModelView model, String policy) {
        return policies.rules(model.controller(), policy).editing(model.architecture());
    }

    private boolean isTime(WaitingTarget target, int waitSeconds) {
        Instant now = clock.instant();
        return !now.isBefore(target.since().plusSeconds(waitSeconds))
                || now.isAfter(target.dueAt().minus(URGENT));
    }

    private UUID begin(
            Actor actor, UUID modelId, List<UUID> requests, String policy, Rules rules, @Nullable IdempotencyKey key) {
        var id = runs.startUnlearning(
                new UnlearningOrder(actor, modelId, requests, rules.methods().getFirst(), key));
        fix(id, actor, policy, rules);
        return id;
    }

    private void fix(UUID id, Actor actor, String policy, Rules rules) {
        if (evaluations.findById(id).isEmpty()) {
            evaluations.save(new EvaluationEntity(id, actor.controller(), policy, rules, clock.instant()));
        }
    }
}
