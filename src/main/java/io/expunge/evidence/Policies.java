package io.expunge.evidence;

import io.expunge.api.Policy;
import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.engine.Precision;
import io.expunge.engine.TextRecipe;
import io.expunge.method.ExactRetraining;
import io.expunge.method.L1Sparse;
import io.expunge.method.Method;
import io.expunge.method.NegativePreference;
import io.expunge.method.Retention;
import io.expunge.method.Schedule;
import io.expunge.metric.Thresholds;
import io.expunge.shared.Ids;
import io.expunge.shared.Problem;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What happens to erasures: methods in order, references, approval, thresholds. */
@Service
class Policies {

    static final String DEFAULT = "default";

    /**
     * The papers' penalty, and their β and step size; three references are what the limits of the verdict were calibrated
     * with.
     */
    private static final Rules DEFAULTS = new Rules(
            List.<Method>of(
                    new L1Sparse(5e-4, 1, new Schedule(5, 128, 0.01, 0.9, 5e-4, 1)),
                    new NegativePreference(
                            0.1,
                            1,
                            new Retention(Retention.Kind.CROSS_ENTROPY, 1),
                            new TextRecipe(10, 32, 1e-5, 0.01, 0.1, 1, 4096, Precision.FP32),
                            1),
                    new ExactRetraining(1)),
            3,
            true,
            true,
            30,
            Thresholds.calibrated(),
            null,
            null);

    private final PolicyRepository policies;
    private final AuditLog audit;
    private final Clock clock;

    Policies(PolicyRepository policies, AuditLog audit, Clock clock) {
        this.policies = policies;
        this.audit = audit;
        this.clock = clock;
    }

    /** A policy with the revision that a change must name. */
    record Versioned(Policy policy, int revision) {}

    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER', 'AUDITOR')")
    @Transactional(readOnly = true)
    public List<Policy> list() {
        var stored = policies.findByControllerIdOrderByName(Actor.current().controller());
        var all = new ArrayList<Policy>();
        if (stored.stream().noneMatch(policy -> policy.name().equals(DEFAULT))) {
            all.add(present(DEFAULT, DEFAULTS));
        }
        stored.forEach(policy -> all.add(present(policy.name(), policy.rules())));
        return all;
    }

    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER', 'AUDITOR')")
    @Transactional(readOnly = true)
    public Versioned find(String name) {
        var stored = policies.findByControllerIdAndName(Actor.current().controller(), name);
        return stored.map(policy -> new Versioned(present(name, policy.rules()), policy.revision()))
                .orElseGet(() ->
                        new Versioned(present(name, rules(Actor.current().controller(), name)), -1));
    }

    /** Makes a policy, or changes the one whose revision is named. */
    @PreAuthorize("hasRole('PRIVACY_OFFICER')")
    @Transactional
    public Versioned put(String name, Policy declared, @Nullable Integer revision) {
        var actor = Actor.current();
        if (!declared.getName().equals(name)) {
            throw Problem.invalid("name", "must be the name in the address");
        }
        var rules = rules(declared);
        var stored =
                policies.findByControllerIdAndName(actor.controller(), name).orElse(null);
        if (stored != null && (revision == null || revision != stored.revision())) {
            throw new Problem(
                    Problem.Kind.STALE,
                    "stale",
                    "If-Match must name the policy's ETag, which is \"" + stored.revision() + "\"");
        }
        if (stored == null) {
            stored = new PolicyEntity(Ids.next(), actor.controller(), name, rules, clock.instant());
        } else {
            stored.change(rules, clock.instant());
        }
        stored = policies.saveAndFlush(stored);
        audit.append(
                actor,
                "policy.changed",
                "policy",
                stored.id(),
                Map.of("methods", rules.methods().stream().map(Method::name).toList()));
        return new Versioned(present(name, rules), stored.revision());
    }

    /** The rules of a controller's policy; the default one needs no row. */
    @Transactional(readOnly = true)
    public Rules rules(UUID controller, String name) {
        return policies.findByControllerIdAndName(controller, name)
                .map(PolicyEntity::rules)
                .orElseGet(() -> {
                    if (!name.equals(DEFAULT)) {
                        throw Problem.refused("policy-not-found", "policy", "names no policy: " + name);
                    }
                    return DEFAULTS;
                });
    }

    /** When a controller's policy recommends retraining; a model may name one that nobody made yet. */
    @Transactional(readOnly = true)
    public RetrainingLimits retraining(UUID controller, String name) {
        return policies.findByControllerIdAndName(controller, name)
                .map(policy -> policy.rules().retrainingOrDefault())
                .orElse(RetrainingLimits.DEFAULTS);
    }

    private static Rules rules(Policy declared) {
        try {
            return new Rules(
                    declared.getMethods(),
                    declared.getReferences(),
                    declared.getApproval() == Policy.ApprovalEnum.PERSON,
                    declared.getAutomatic(),
                    declared.getWaitSeconds(),
                    new Thresholds(Objects.requireNonNullElse(declared.getThresholds(), Map.of())),
                    declared.getDivergenceModels(),
                    limits(declared.getRetraining()));
        } catch (IllegalArgumentException e) {
            throw Problem.invalid("thresholds", String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable RetrainingLimits limits(io.expunge.api.@Nullable RetrainingLimits declared) {
        return declared == null
                ? null
                : new RetrainingLimits(declared.getForgottenShare(), declared.getUtilityDrop(), declared.getEdits());
    }

    private static Policy present(String name, Rules rules) {
        var retraining = rules.retrainingOrDefault();
        return new Policy(
                        name,
                        rules.methods(),
                        rules.references(),
                        rules.approvalByPerson() ? Policy.ApprovalEnum.PERSON : Policy.ApprovalEnum.AUTOMATIC,
                        rules.automatic(),
                        rules.waitSeconds())
                .thresholds(rules.thresholds().limits())
                .divergenceModels(rules.divergenceModels())
                .retraining(new io.expunge.api.RetrainingLimits(
                        retraining.forgottenShare(), retraining.utilityDrop(), retraining.edits()));
    }
}
