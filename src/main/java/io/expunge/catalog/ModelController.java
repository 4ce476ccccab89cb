package io.expunge.catalog;

import io.expunge.api.Model;
import io.expunge.api.ModelPage;
import io.expunge.api.ModelsApi;
import io.expunge.api.NewModel;
import io.expunge.api.NewVersion;
import io.expunge.api.TrainingData;
import io.expunge.api.Version;
import io.expunge.api.VersionFile;
import io.expunge.shared.IdempotencyKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

@RestController
class ModelController implements ModelsApi {

    private final Models models;
    private final Versions versions;

    ModelController(Models models, Versions versions) {
        this.models = models;
        this.versions = versions;
    }

    @Override
    public ResponseEntity<Model> createModel(NewModel declared, @Nullable String key) {
        var model = models.create(declared, IdempotencyKey.of(key, Json.write(declared)));
        return ResponseEntity.created(URI.create("/v1/models/" + model.getId())).body(model);
    }

    @Override
    public ResponseEntity<Model> getModel(UUID id) {
        return ResponseEntity.ok(models.find(id));
    }

    @Override
    public ResponseEntity<ModelPage> listModels(@Nullable String cursor, Integer limit) {
        var page = models.list(cursor, limit);
        return ResponseEntity.ok(new ModelPage(page.items()).next(page.next()));
    }

    @Override
    public ResponseEntity<List<Version>> listVersions(UUID id) {
        return ResponseEntity.ok(
                versions.ofModel(id).stream().map(ModelController::present).toList());
    }

    @Override
    public ResponseEntity<Version> importVersion(UUID id, NewVersion declared, @Nullable String key) {
        var version = versions.declare(id, declared, IdempotencyKey.of(key, id + Json.write(declared)));
        return ResponseEntity.created(URI.create("/v1/versions/" + version.id()))
                .body(present(version));
    }

    @Override
    public ResponseEntity<Version> getVersion(UUID id) {
        return ResponseEntity.ok(present(versions.find(id)));
    }

    @Override
    public ResponseEntity<List<Version>> listDerived(UUID id) {
        return ResponseEntity.ok(
                versions.derived(id).stream().map(ModelController::present).toList());
    }

    @Override
    public ResponseEntity<Version> uploadWeights(UUID id, Resource body) {
        try (var in = body.getInputStream()) {
            return ResponseEntity.ok(present(versions.upload(id, in)));
        } catch (IOException e) {
            throw Artifacts.explain(e);
        }
    }

    @Override
    public ResponseEntity<Resource> downloadFile(UUID id, String file) {
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .body(new FileSystemResource(versions.download(id, file)));
    }

    @Override
    public ResponseEntity<List<VersionFile>> listFiles(UUID id) {
        return ResponseEntity.ok(versions.files(id).entrySet().stream()
                .map(file -> new VersionFile(file.getKey().toString(), file.getValue()))
                .toList());
    }

    /** Written to the response as it is read from the disk; nothing is left for the framework to answer. */
    @Override
    @SuppressWarnings("NullAway") // null tells the framework that the answer has been given
    public ResponseEntity<Resource> downloadArchive(UUID id) {
        var files = versions.files(id).keySet();
        var directory = versions.downloadable(id);
        var attributes = (ServletRequestAttributes) RequestContextHolder.currentRequestAttributes();
        var response = Objects.requireNonNull(attributes.getResponse());
        response.setContentType("application/x-tar");
        try {
            Tar.write(directory, files, response.getOutputStream());
        } catch (IOException e) {
            // the connection breaks off, so that nobody takes what was sent for the whole
            throw new UncheckedIOException(e);
        }
        return null;
    }

    private static Version present(VersionView version) {
        var shown = new Version(
                        version.id(),
                        version.modelId(),
                        version.number(),
                        Version.StateEnum.fromValue(version.state().name().toLowerCase(Locale.ROOT)),
                        Version.OriginEnum.fromValue(version.origin().name().toLowerCase(Locale.ROOT)),
                        at(version.createdAt()))
                .parentId(version.parentId())
                .runId(version.runId())
                .digest(version.digest())
                .forgotten(version.forgotten())
                .metrics(version.metrics())
                .publishedAt(version.publishedAt() == null ? null : at(version.publishedAt()))
                .erasedAt(version.erasedAt() == null ? null : at(version.erasedAt()));
        var training = version.training();
        return training == null
                ? shown
                : shown.data(present(training.source()))
                        .recipe(training.recipe())
                        .textRecipe(training.textRecipe())
                        .seed(training.seed())
                        .baseId(training.baseId());
    }

    private static TrainingData present(TrainingSource source) {
        var data = new TrainingData(source.datasetId()).testDatasetId(source.testDatasetId());
        return source.testDatasetId() == null ? data.testFraction(source.testFraction()) : data;
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
