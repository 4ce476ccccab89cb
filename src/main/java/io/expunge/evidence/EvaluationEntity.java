package io.expunge.evidence;

import io.expunge.method.Method;
import io.expunge.metric.Findings;
import io.expunge.metric.Outcome;
import io.expunge.metric.Verdict;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What was fixed before a run, measured after it and decided on it. */
@Entity
@Table(name = "evaluation")
class EvaluationEntity {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Id
    private UUID runId;

    @Version
    private int revision;

    private UUID controllerId;
    private String policy;
    private String rules;
    private Instant fixedAt;
    private int nextMethod;
    private @Nullable String findings;

    @Enumerated(EnumType.STRING)
    private @Nullable Outcome outcome;

    private String reasons;
    private String earlier;
    private double editSeconds;
    private double referenceSeconds;
    private @Nullable Instant measuredAt;
    private @Nullable String decidedBy;
    private @Nullable Instant decidedAt;
    private @Nullable String decision;

    @SuppressWarnings("NullAway.Init")
    protected EvaluationEntity() {}

    EvaluationEntity(UUID runId, UUID controllerId, String policy, Rules rules, Instant fixedAt) {
        this.runId = runId;
        this.controllerId = controllerId;
        this.policy = policy;
        this.rules = JSON.writeValueAsString(rules);
        this.fixedAt = fixedAt;
        this.nextMethod = 1;
        this.reasons = "[]";
        this.earlier = "[]";
    }

    void measured(Findings found, double edit, double reference, Instant at) {
        findings = JSON.writeValueAsString(found);
        editSeconds = edit;
        referenceSeconds = reference;
        measuredAt = at;
        outcome = null;
    }

    void judged(Verdict verdict) {
        outcome = verdict.outcome();
        reasons = JSON.writeValueAsString(verdict.reasons());
    }

    /** Moves to the next method of the policy, if there is one; the verdict on the last is kept. */
    Optional<Method> next(Method last) {
        return next(last, outcome == null ? "failed" : outcome.name().toLowerCase(java.util.Locale.ROOT));
    }

    /** As above, where the last was not applied at all. */
    Optional<Method> unserved(Method last) {
        return next(last, "could not serve");
    }

    private Optional<Method> next(Method last, String what) {
        var all = rules().methods();
        while (nextMethod < all.size() && all.get(nextMethod).equals(last)) {
            nextMethod++;
        }
        if (nextMethod >= all.size()) {
            return Optional.empty();
        }
        var kept = new ArrayList<>(earlier());
        kept.add(last.name() + ": " + what);
        earlier = JSON.writeValueAsString(kept);
        findings = null;
        outcome = null;
        reasons = "[]";
        measuredAt = null;
        return Optional.of(all.get(nextMethod++));
    }

    /** The edit is made again; nothing that was found or decided holds for it. */
    void again() {
        findings = null;
        outcome = null;
        reasons = "[]";
        measuredAt = null;
        decidedBy = null;
        decidedAt = null;
        decision = null;
    }

    void decide(String by, String what, Instant at) {
        decidedBy = by;
        decision = what;
        decidedAt = at;
    }

    UUID runId() {
        return runId;
    }

    UUID controllerId() {
        return controllerId;
    }

    String policy() {
        return policy;
    }

    Rules rules() {
        return JSON.readValue(rules, Rules.class);
    }

    Instant fixedAt() {
        return fixedAt;
    }

    @Nullable Findings findings() {
        return findings == null ? null : JSON.readValue(findings, Findings.class);
    }

    @Nullable Outcome outcome() {
        return outcome;
    }

    List<String> reasons() {
        return List.of(JSON.readValue(reasons, String[].class));
    }

    List<String> earlier() {
        return List.of(JSON.readValue(earlier, String[].class));
    }

    double editSeconds() {
        return editSeconds;
    }

    double referenceSeconds() {
        return referenceSeconds;
    }

    @Nullable Instant measuredAt() {
        return measuredAt;
    }

    @Nullable String decidedBy() {
        return decidedBy;
    }

    @Nullable Instant decidedAt() {
        return decidedAt;
    }

    @Nullable String decision() {
        return decision;
    }
}
