package io.expunge.run;

import io.expunge.api.ByProduct;
import io.expunge.api.LossCurve;
import io.expunge.api.NewDestructionRun;
import io.expunge.api.NewRetrainingRun;
import io.expunge.api.NewTrainingRun;
import io.expunge.api.PriorityChange;
import io.expunge.api.QueueForecast;
import io.expunge.api.Run;
import io.expunge.api.RunPage;
import io.expunge.api.RunsApi;
import io.expunge.api.Worker;
import io.expunge.audit.Actor;
import io.expunge.shared.IdempotencyKey;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import tools.jackson.databind.json.JsonMapper;

@RestController
class RunController implements RunsApi {

    private static final Logger log = LoggerFactory.getLogger(RunController.class);

    private final Runs runs;
    private final RunPresenter presenter;
    private final RunEvents events;
    private final WorkerTable workers;
    private final RunForecast forecast;
    private final JsonMapper json;

    RunController(
            Runs runs,
            RunPresenter presenter,
            RunEvents events,
            WorkerTable workers,
            RunForecast forecast,
            JsonMapper json) {
        this.runs = runs;
        this.presenter = presenter;
        this.events = events;
        this.workers = workers;
        this.forecast = forecast;
        this.json = json;
    }

    @Override
    public ResponseEntity<Run> startTraining(NewTrainingRun declared, @Nullable String key) {
        var id = runs.startTraining(declared, IdempotencyKey.of(key, json.writeValueAsString(declared)));
        return accepted(id).header(HttpHeaders.RETRY_AFTER, "2").body(presenter.present(id));
    }

    @Override
    public ResponseEntity<Run> startRetraining(NewRetrainingRun declared, @Nullable String key) {
        var id = runs.startRetraining(declared, IdempotencyKey.of(key, "again" + json.writeValueAsString(declared)));
        return accepted(id).header(HttpHeaders.RETRY_AFTER, "2").body(presenter.present(id));
    }

    @Override
    public ResponseEntity<Run> startDestruction(NewDestructionRun declared, @Nullable String key) {
        var id = runs.startDestruction(declared, IdempotencyKey.of(key, json.writeValueAsString(declared)));
        return accepted(id).header(HttpHeaders.RETRY_AFTER, "2").body(presenter.present(id));
    }

    @Override
    public ResponseEntity<List<ByProduct>> listByProducts(UUID id) {
        return ResponseEntity.ok(presenter.byProducts(id));
    }

    @Override
    public ResponseEntity<List<ByProduct>> listByProductsOfRequest(UUID id) {
        return ResponseEntity.ok(presenter.byProductsOfRequest(id));
    }

    @Override
    public ResponseEntity<Run> getRun(UUID id) {
        return ResponseEntity.ok(presenter.present(id));
    }

    @Override
    public ResponseEntity<RunPage> listRuns(
            @Nullable String cursor, Integer limit, io.expunge.api.@Nullable RunState state, @Nullable UUID modelId) {
        var wanted = state == null ? null : RunState.valueOf(state.getValue().toUpperCase(Locale.ROOT));
        var page = runs.list(cursor, limit, wanted, modelId);
        return ResponseEntity.ok(new RunPage(presenter.present(page.items())).next(page.next()));
    }

    @Override
    public ResponseEntity<List<LossCurve>> listCurves(UUID id) {
        return ResponseEntity.ok(presenter.curves(id));
    }

    @Override
    public ResponseEntity<Run> cancelRun(UUID id) {
        runs.cancel(id);
        return accepted(id).body(presenter.present(id));
    }

    @Override
    public ResponseEntity<Run> retryRun(UUID id) {
        runs.retry(id);
        return accepted(id).body(presenter.present(id));
    }

    @Override
    public ResponseEntity<Run> setRunPriority(UUID id, PriorityChange change) {
        runs.prioritise(id, change.getPriority());
        return ResponseEntity.ok(presenter.present(id));
    }

    @Override
    public ResponseEntity<QueueForecast> getForecast() {
        return ResponseEntity.ok(forecast.forecast());
    }

    @Override
    public ResponseEntity<List<Worker>> listWorkers() {
        return ResponseEntity.ok(workers.all(Actor.current().controller()).stream()
                .map(row -> new Worker(
                                row.name(),
                                Worker.RoleEnum.fromValue(row.role()),
                                row.startedAt().atOffset(ZoneOffset.UTC),
                                row.lastSeenAt().atOffset(ZoneOffset.UTC),
                                row.alive())
                        .device(row.device())
                        .resources(RunPresenter.present(row.resources()))
                        .runId(row.runId()))
                .toList());
    }

    /** Written to the response as it comes; nothing is left for the framework to answer. */
    @Override
    @SuppressWarnings("NullAway") // null tells the framework that the answer has been given
    public ResponseEntity<String> streamRun(UUID id, @Nullable String lastEventId) {
        try {
            events.stream(id, lastEventId, response());
        } catch (IOException e) {
            log.debug("a reader of run {} went away", id);
        }
        return null;
    }

    private static HttpServletResponse response() {
        var attributes = (ServletRequestAttributes) RequestContextHolder.currentRequestAttributes();
        return Objects.requireNonNull(attributes.getResponse());
    }

    private static ResponseEntity.BodyBuilder accepted(UUID id) {
        return ResponseEntity.accepted().location(URI.create("/v1/runs/" + id));
    }
}
