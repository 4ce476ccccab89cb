package io.expunge.run;

import io.expunge.api.Ensemble;
import io.expunge.api.EnsemblePage;
import io.expunge.api.EnsemblesApi;
import io.expunge.api.NewEnsembleRun;
import io.expunge.api.Run;
import io.expunge.shared.IdempotencyKey;
import java.net.URI;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

@RestController
class EnsembleController implements EnsemblesApi {

    private final Ensembles ensembles;
    private final AttributionTable attributions;
    private final RunPresenter presenter;
    private final JsonMapper json;

    EnsembleController(Ensembles ensembles, AttributionTable attributions, RunPresenter presenter, JsonMapper json) {
        this.ensembles = ensembles;
        this.attributions = attributions;
        this.presenter = presenter;
        this.json = json;
    }

    @Override
    public ResponseEntity<Run> startEnsemble(NewEnsembleRun declared, @Nullable String key) {
        var id = ensembles.start(declared, IdempotencyKey.of(key, "ensemble" + json.writeValueAsString(declared)));
        return ResponseEntity.accepted()
                .location(URI.create("/v1/runs/" + id))
                .header(HttpHeaders.RETRY_AFTER, "2")
                .body(presenter.present(id));
    }

    @Override
    public ResponseEntity<EnsemblePage> listEnsembles(@Nullable String cursor, Integer limit, @Nullable UUID modelId) {
        var page = ensembles.list(cursor, limit, modelId);
        return ResponseEntity.ok(
                new EnsemblePage(page.items().stream().map(this::present).toList()).next(page.next()));
    }

    @Override
    public ResponseEntity<Ensemble> getEnsemble(UUID id) {
        return ResponseEntity.ok(present(ensembles.find(id)));
    }

    @Override
    public ResponseEntity<Void> deleteEnsemble(UUID id) {
        ensembles.delete(id);
        return ResponseEntity.noContent().build();
    }

    private Ensemble present(EnsembleView ensemble) {
        var run = presenter.present(ensemble.id());
        var shown = new Ensemble(
                        ensemble.id(),
                        ensemble.modelId(),
                        ensemble.version(),
                        io.expunge.api.EnsembleKind.fromValue(
                                ensemble.kind().name().toLowerCase(Locale.ROOT)),
                        ensemble.seed(),
                        ensemble.requestIds(),
                        ensemble.members(),
                        ensemble.present(),
                        ensemble.reused(),
                        ensemble.knowingForgotten(),
                        ensemble.bytes(),
                        run.getState(),
                        ensemble.createdAt().atOffset(ZoneOffset.UTC))
                .endedAt(run.getEndedAt());
        attributions
                .of(ensemble.id())
                .ifPresent(measured -> shown.attribution(new io.expunge.api.Attribution(
                        measured.estimated(),
                        measured.heldOut(),
                        measured.points(),
                        measured.score(),
                        measured.low(),
                        measured.high())));
        return ensemble.membersPerMinute() > 0 ? shown.membersPerMinute(ensemble.membersPerMinute()) : shown;
    }
}
