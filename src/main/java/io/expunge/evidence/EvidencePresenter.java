package io.expunge.evidence;

import io.expunge.api.Evidence;
import io.expunge.api.Measurement;
import io.expunge.api.VersionReference;
import io.expunge.catalog.Versions;
import io.expunge.metric.Check;
import io.expunge.metric.Finding;
import io.expunge.metric.Judgement;
import io.expunge.metric.Outcome;
import io.expunge.metric.Verdict;
import io.expunge.run.Runs;
import io.expunge.shared.Problem;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Evidence as an authority would read it: counts, scores and digests, nothing about anybody. */
@Component
class EvidencePresenter {

    private static final String LIMITS =
            "Empirical: the checks compare the candidate with models retrained without the records, on data at hand."
                    + " They bound what these attacks find and are no proof against others; older versions, copies and"
                    + " backups of the weights are not covered.";

    private final Runs runs;
    private final Versions versions;
    private final EvaluationRepository evaluations;

    EvidencePresenter(Runs runs, Versions versions, EvaluationRepository evaluations) {
        this.runs = runs;
        this.versions = versions;
        this.evaluations = evaluations;
    }

    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER', 'AUDITOR')")
    @Transactional(readOnly = true)
    public Evidence present(UUID runId) {
        var run = runs.ownRun(runId);
        var evaluation = evaluations.findById(runId).orElseThrow(() -> Problem.notFound("evidence", runId));
        var findings = evaluation.findings();
        var reasons = new ArrayList<String>();
        evaluation.earlier().forEach(earlier -> reasons.add("before: " + earlier));
        reasons.addAll(evaluation.reasons());
        var evidence = new Evidence(
                        runId, verdict(evaluation.outcome()), measurements(evaluation), at(evaluation.fixedAt()))
                .reasons(reasons)
                .decidedBy(evaluation.decidedBy())
                .decision(evaluation.decision())
                .policy(evaluation.policy())
                .thresholds(evaluation.rules().thresholds().limits())
                .method(run.method())
                .requestIds(run.requestIds())
                .startedBy(run.starter())
                .filedBy(run.submitters().stream().sorted().toList())
                .parent(reference(run.parentVersionId()))
                .candidate(reference(run.candidateVersionId()))
                .auditPath("/v1/audit/entries?subjectId=" + runId)
                .limits(LIMITS);
        if (findings != null) {
            evidence.references(findings.references())
                    .forgetRecords((long) findings.forgetRecords())
                    .retainRecords((long) findings.retainRecords())
                    .testRecords((long) findings.testRecords())
                    .unmeasured(findings.unmeasured());
            var distributions = findings.distributions();
            if (distributions != null) {
                evidence.distributions(DistributionPresenter.present(distributions));
            }
            var divergence = findings.divergence();
            if (divergence != null) {
                evidence.divergence(DivergencePresenter.present(divergence));
            }
        }
        if (evaluation.referenceSeconds() > 0) {
            evidence.costPercent(100 * evaluation.editSeconds() / evaluation.referenceSeconds());
        }
        var dueAt = run.dueAt();
        var measuredAt = evaluation.measuredAt();
        var decidedAt = evaluation.decidedAt();
        return evidence.dueAt(dueAt == null ? null : at(dueAt))
                .measuredAt(measuredAt == null ? null : at(measuredAt))
                .decidedAt(decidedAt == null ? null : at(decidedAt));
    }

    private @Nullable VersionReference reference(@Nullable UUID id) {
        if (id == null) {
            return null;
        }
        var version = versions.version(id);
        return new VersionReference(id, version.trained().seed()).digest(version.digest());
    }

    private static Evidence.VerdictEnum verdict(@Nullable Outcome outcome) {
        return outcome == null
                ? Evidence.VerdictEnum.PENDING
                : Evidence.VerdictEnum.fromValue(outcome.name().toLowerCase(Locale.ROOT));
    }

    private static List<Measurement> measurements(EvaluationEntity evaluation) {
        var findings = evaluation.findings();
        if (findings == null) {
            return List.of();
        }
        var judgements = Verdict.of(findings, evaluation.rules().thresholds()).judgements();
        var all = new ArrayList<Measurement>();
        for (int i = 0; i < judgements.size(); i++) {
            all.add(measurement(findings.findings().get(i), judgements.get(i)));
        }
        return all;
    }

    private static Measurement measurement(Finding finding, Judgement judgement) {
        var check = Check.of(finding.check());
        var allowed = check.allowed(judgement.threshold());
        return new Measurement(finding.check(), check.description())
                .before(finding.before())
                .after(finding.after())
                .reference(finding.reference())
                .referenceLow(finding.referenceLow())
                .referenceHigh(finding.referenceHigh())
                .difference(finding.difference())
                .low(finding.low())
                .high(finding.high())
                .least(allowed.least())
                .most(allowed.most())
                .threshold(judgement.threshold())
                .outcome(Measurement.OutcomeEnum.fromValue(
                        judgement.outcome().name().toLowerCase(Locale.ROOT)))
                .passed(judgement.outcome() == Outcome.PASSED);
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
