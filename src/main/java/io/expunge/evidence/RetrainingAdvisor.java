package io.expunge.evidence;

import io.expunge.api.RetrainingAdvice;
import io.expunge.api.RetrainingReason;
import io.expunge.api.VersionUtility;
import io.expunge.catalog.Models;
import io.expunge.catalog.TrainingSets;
import io.expunge.catalog.VersionView;
import io.expunge.catalog.Versions;
import io.expunge.method.ExactRetraining;
import io.expunge.method.Method;
import io.expunge.metric.Check;
import io.expunge.metric.Finding;
import io.expunge.metric.Findings;
import io.expunge.run.Runs;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What became of a model over its edits, and whether its policy recommends to train it again. */
@Component
class RetrainingAdvisor {

    /** What an edit must leave intact, by which the versions of a lineage are compared: the first that was measured. */
    private static final List<Check> UTILITIES = List.of(Check.TEST_ACCURACY, Check.RETAIN_PROBABILITY);

    private final Models models;
    private final Versions versions;
    private final TrainingSets sets;
    private final Runs runs;
    private final Policies policies;
    private final EvaluationRepository evaluations;

    RetrainingAdvisor(
            Models models,
            Versions versions,
            TrainingSets sets,
            Runs runs,
            Policies policies,
            EvaluationRepository evaluations) {
        this.models = models;
        this.versions = versions;
        this.sets = sets;
        this.runs = runs;
        this.policies = policies;
        this.evaluations = evaluations;
    }

    /**
     * A version as the rule sees it.
     *
     * @param utility of it, in the unit of {@code measure}
     * @param before utility of what it was made from, on the same records
     */
    private record Step(
            VersionView version,
            boolean exact,
            @Nullable String method,
            @Nullable Check measure,
            @Nullable Double utility,
            @Nullable Double before) {}

    @PreAuthorize("isAuthenticated()")
    @Transactional(readOnly = true)
    public RetrainingAdvice advise(UUID modelId) {
        var model = models.ownModel(modelId);
        var steps = steps(modelId);
        var rule = policies.retraining(model.controller(), model.policy());
        var path = path(steps, model.champion());
        var distance = distance(path);
        var reasons = RetrainingRule.reasons(distance, rule);
        var measure = distance.measure();
        return new RetrainingAdvice(
                        !reasons.isEmpty(),
                        reasons.stream().map(RetrainingAdvisor::present).toList(),
                        new io.expunge.api.RetrainingLimits(rule.forgottenShare(), rule.utilityDrop(), rule.edits()),
                        distance.edits(),
                        distance.forgotten(),
                        history(steps, distance.learned()))
                .exactVersionId(
                        path.isEmpty() ? null : path.getFirst().version().id())
                .learnedRecords(distance.learned())
                .forgottenShare(distance.share())
                .utilityMeasure(measure == null ? null : measure.code())
                .utilityDrop(distance.drop());
    }

    /** Published versions by id, oldest first. */
    private Map<UUID, Step> steps(UUID model) {
        var published = versions.ofModel(model).stream()
                .filter(version -> version.publishedAt() != null)
                .sorted(Comparator.comparing(VersionView::number))
                .toList();
        var ids = published.stream()
                .map(VersionView::runId)
                .filter(Objects::nonNull)
                .toList();
        var methods = runs.methods(ids);
        var evidence = evaluations.findByRunIdIn(ids).stream()
                .collect(Collectors.toMap(EvaluationEntity::runId, Function.identity()));
        var all = new LinkedHashMap<UUID, Step>();
        for (var version : published) {
            var run = version.runId();
            all.put(version.id(), step(version, methods.get(run), evidence.get(run)));
        }
        return all;
    }

    private static Step step(VersionView version, @Nullable Method method, @Nullable EvaluationEntity evaluation) {
        boolean exact = version.origin() != VersionView.Origin.UNLEARNED || method instanceof ExactRetraining;
        var findings = evaluation == null ? null : evaluation.findings();
        var finding = findings == null ? null : utility(findings);
        return finding == null
                ? new Step(version, exact, method == null ? null : method.name(), null, trained(version), null)
                : new Step(
                        version,
                        exact,
                        method == null ? null : method.name(),
                        Check.of(finding.check()),
                        finding.after(),
                        finding.before());
    }

    /** A classifier's training measures the accuracy on the same held-out records. */
    private static @Nullable Double trained(VersionView version) {
        return version.metrics().get("testAccuracy");
    }

    private static @Nullable Finding utility(Findings findings) {
        for (var check : UTILITIES) {
            for (var finding : findings.findings()) {
                if (finding.check().equals(check.code())) {
                    return finding;
                }
            }
        }
        return null;
    }

    /** From the last exact version to the served one; empty where none is served or the beginning is not known. */
    private static List<Step> path(Map<UUID, Step> steps, @Nullable UUID served) {
        var path = new ArrayList<Step>();
        for (var id = served; id != null; ) {
            var step = steps.get(id);
            if (step == null) {
                return List.of();
            }
            path.addFirst(step);
            if (step.exact()) {
                return path;
            }
            id = step.version().parentId();
        }
        return List.of();
    }

    private RetrainingRule.Distance distance(List<Step> path) {
        if (path.isEmpty()) {
            return new RetrainingRule.Distance(0, 0, null, null, null);
        }
        var exact = path.getFirst().version();
        var served = path.getLast();
        var learned = learned(exact);
        long forgotten = served.version().forgotten() - exact.forgotten();
        var first = path.size() > 1 ? path.get(1) : served;
        var measure = first.measure();
        Double drop = path.size() < 2
                        || measure == null
                        || measure != served.measure()
                        || first.before() == null
                        || served.utility() == null
                ? null
                : Double.valueOf(first.before() - served.utility());
        return new RetrainingRule.Distance(path.size() - 1, forgotten, learned, measure, drop);
    }

    private @Nullable Long learned(VersionView exact) {
        return exact.training() == null
                ? null
                : Long.valueOf(Math.max(0, sets.learnedAbout(exact.trained().source()) - exact.forgotten()));
    }

    private static List<VersionUtility> history(Map<UUID, Step> steps, @Nullable Long learned) {
        // an exact version is measured by the evidence on the first edit of it, on the records that the edit is
        // measured on
        Map<UUID, Double> before = new HashMap<>();
        for (var step : steps.values()) {
            var parent = step.version().parentId();
            if (parent != null && step.before() != null) {
                before.putIfAbsent(parent, step.before());
            }
        }
        return steps.values().stream()
                .map(step -> new VersionUtility(
                                step.version().id(),
                                step.version().number(),
                                step.exact(),
                                step.version().forgotten())
                        .method(step.method())
                        .forgottenShare(
                                learned == null || learned == 0
                                        ? null
                                        : Double.valueOf(step.version().forgotten() / (double) learned))
                        .utility(
                                step.utility() != null
                                        ? step.utility()
                                        : before.get(step.version().id())))
                .toList();
    }

    private static RetrainingReason present(RetrainingRule.Reason reason) {
        return new RetrainingReason(
                RetrainingReason.LimitEnum.fromValue(reason.limit().name().toLowerCase(Locale.ROOT)),
                reason.value(),
                reason.allowed(),
                reason.text());
    }
}
