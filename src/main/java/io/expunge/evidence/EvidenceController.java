package io.expunge.evidence;

import io.expunge.api.Decision;
import io.expunge.api.Evidence;
import io.expunge.api.EvidenceApi;
import io.expunge.api.Model;
import io.expunge.api.NewDememorisationRun;
import io.expunge.api.NewUnlearningRun;
import io.expunge.api.Policy;
import io.expunge.api.RetrainingAdvice;
import io.expunge.api.Rollback;
import io.expunge.api.Run;
import io.expunge.catalog.Models;
import io.expunge.run.RunPresenter;
import io.expunge.shared.IdempotencyKey;
import io.expunge.shared.Problem;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

@RestController
class EvidenceController implements EvidenceApi {

    private final Planning planning;
    private final Policies policies;
    private final Decisions decisions;
    private final EvidencePresenter evidence;
    private final RetrainingAdvisor advisor;
    private final RunPresenter runs;
    private final Models models;
    private final JsonMapper json;

    EvidenceController(
            Planning planning,
            Policies policies,
            Decisions decisions,
            EvidencePresenter evidence,
            RetrainingAdvisor advisor,
            RunPresenter runs,
            Models models,
            JsonMapper json) {
        this.planning = planning;
        this.policies = policies;
        this.decisions = decisions;
        this.evidence = evidence;
        this.advisor = advisor;
        this.runs = runs;
        this.models = models;
        this.json = json;
    }

    @Override
    public ResponseEntity<Run> startUnlearning(NewUnlearningRun declared, @Nullable String key) {
        return accepted(planning.order(declared, IdempotencyKey.of(key, json.writeValueAsString(declared))));
    }

    @Override
    public ResponseEntity<Run> startDememorisation(NewDememorisationRun declared, @Nullable String key) {
        return accepted(
                planning.order(declared, IdempotencyKey.of(key, "dememorisation" + json.writeValueAsString(declared))));
    }

    private ResponseEntity<Run> accepted(UUID id) {
        return ResponseEntity.accepted()
                .location(URI.create("/v1/runs/" + id))
                .header(HttpHeaders.RETRY_AFTER, "2")
                .body(runs.present(id));
    }

    @Override
    public ResponseEntity<List<Policy>> listPolicies() {
        return ResponseEntity.ok(policies.list());
    }

    @Override
    public ResponseEntity<Policy> getPolicy(String name) {
        return present(policies.find(name));
    }

    @Override
    public ResponseEntity<Policy> putPolicy(String name, Policy policy, @Nullable String ifMatch) {
        return present(policies.put(name, policy, revision(ifMatch)));
    }

    private static ResponseEntity<Policy> present(Policies.Versioned policy) {
        return ResponseEntity.ok().eTag("\"" + policy.revision() + "\"").body(policy.policy());
    }

    private static @Nullable Integer revision(@Nullable String ifMatch) {
        if (ifMatch == null) {
            return null;
        }
        try {
            return Integer.valueOf(ifMatch.replace("\"", "").strip());
        } catch (NumberFormatException e) {
            throw Problem.invalid("If-Match", "must be the ETag of the policy");
        }
    }

    @Override
    public ResponseEntity<Evidence> getEvidence(UUID id) {
        return ResponseEntity.ok(evidence.present(id));
    }

    @Override
    public ResponseEntity<RetrainingAdvice> getRetrainingAdvice(UUID id) {
        return ResponseEntity.ok(advisor.advise(id));
    }

    @Override
    public ResponseEntity<Run> approveRun(UUID id, Decision decision) {
        decisions.approve(id);
        return ResponseEntity.accepted().body(runs.present(id));
    }

    @Override
    public ResponseEntity<Run> rejectRun(UUID id, Decision decision) {
        decisions.reject(id);
        return ResponseEntity.accepted().body(runs.present(id));
    }

    @Override
    public ResponseEntity<Model> rollBackModel(UUID id, Rollback rollback) {
        decisions.rollBack(id, rollback.getVersionId());
        return ResponseEntity.ok(models.find(id));
    }
}
