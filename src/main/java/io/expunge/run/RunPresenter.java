package io.expunge.run;

import io.expunge.api.ByProduct;
import io.expunge.api.LossCurve;
import io.expunge.api.LossPoint;
import io.expunge.api.Progress;
import io.expunge.api.Run;
import io.expunge.method.Trial;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Runs as callers see them. */
@Component
public class RunPresenter {

    private final Runs runs;
    private final ProgressTable progress;
    private final ByProducts byProducts;

    RunPresenter(Runs runs, ProgressTable progress, ByProducts byProducts) {
        this.runs = runs;
        this.progress = progress;
        this.byProducts = byProducts;
    }

    /** The caller's run {@code id}. */
    public Run present(UUID id) {
        return present(List.of(runs.find(id))).getFirst();
    }

    /** How the loss went in the caller's run {@code id}. */
    List<LossCurve> curves(UUID id) {
        runs.find(id);
        return progress.curves(id).entrySet().stream()
                .map(curve -> new LossCurve(
                        curve.getKey(),
                        curve.getValue().stream().map(RunPresenter::present).toList()))
                .toList();
    }

    /** What the caller's run {@code id} left behind. */
    List<ByProduct> byProducts(UUID id) {
        return byProducts(runs.find(id));
    }

    /** What the runs for the caller's request {@code id} left behind. */
    List<ByProduct> byProductsOfRequest(UUID id) {
        return runs.forRequest(id).stream()
                .flatMap(run -> byProducts(run).stream())
                .toList();
    }

    private List<ByProduct> byProducts(RunEntity run) {
        return byProducts.of(run).stream()
                .map(left -> {
                    var shown = new ByProduct(
                                    run.id(),
                                    ByProduct.KindEnum.fromValue(
                                            left.kind().name().toLowerCase(Locale.ROOT)))
                            .erasedAt(at(left.erasedAt()));
                    var version = left.version();
                    if (version != null) {
                        shown.versionId(version.id()).digest(version.digest());
                    }
                    var members = left.members();
                    return members == null
                            ? shown
                            : shown.ensembleId(members.ensemble()).members(members.members());
                })
                .toList();
    }

    private static LossPoint present(Curve.Point point) {
        var shown = new LossPoint(point.step(), point.loss());
        return point.terms().isEmpty() ? shown : shown.terms(point.terms());
    }

    List<Run> present(List<RunEntity> rows) {
        var all = progress.of(rows.stream().map(RunEntity::id).toList());
        return rows.stream().map(run -> present(run, all.get(run.id()))).toList();
    }

    private static Run present(RunEntity run, ProgressTable.@Nullable Progress progress) {
        var view = run.view();
        var result = new Run(
                        run.id(),
                        run.modelId(),
                        Run.KindEnum.fromValue(run.kind().name().toLowerCase(Locale.ROOT)),
                        io.expunge.api.RunState.fromValue(run.state().name().toLowerCase(Locale.ROOT)),
                        io.expunge.api.Stage.fromValue(run.stage().name().toLowerCase(Locale.ROOT)),
                        run.attempt(),
                        run.createdAt().atOffset(ZoneOffset.UTC))
                .parentVersionId(view.parentVersionId())
                .candidateVersionId(view.candidateVersionId())
                .requestIds(view.requestIds())
                .method(view.method())
                .trials(run.trials().stream().map(RunPresenter::present).toList())
                .priority(io.expunge.api.RunPriority.valueOf(run.priority().name()))
                .dueAt(at(run.dueAt()))
                .cancelRequested(run.cancelRequested())
                .failure(run.failure())
                .worker(run.worker())
                .startedAt(at(run.startedAt()))
                .endedAt(at(run.endedAt()));
        if (progress != null) {
            var shown = new Progress(progress.stage(), progress.done(), progress.total(), progress.percent())
                    .rate(progress.rate())
                    .secondsLeft(progress.secondsLeft());
            if (progress.tokenRate() > 0) {
                shown.tokensPerSecond(progress.tokenRate());
            }
            var resources = progress.resources();
            if (resources != null) {
                result.resources(present(resources));
            }
            result.progress(Double.isFinite(progress.loss()) ? shown.loss(progress.loss()) : shown);
        }
        return result;
    }

    static io.expunge.api.Resources present(Resources resources) {
        var used = resources.used();
        return new io.expunge.api.Resources(used.device(), resources.seenAt().atOffset(ZoneOffset.UTC))
                .memoryBytes(used.memoryBytes())
                .peakMemoryBytes(resources.peakMemoryBytes())
                .deviceMemoryBytes(used.deviceMemoryBytes())
                .deviceMemoryTotal(used.deviceMemoryTotal());
    }

    private static io.expunge.api.Trial present(Trial trial) {
        return new io.expunge.api.Trial(trial.number(), trial.learningRate(), trial.retainWeight(), trial.utility())
                .distance(Double.isFinite(trial.distance()) ? trial.distance() : null);
    }

    private static @Nullable OffsetDateTime at(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }
}
