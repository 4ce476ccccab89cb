package io.expunge.catalog;

import io.expunge.api.Dataset;
import io.expunge.api.DatasetPage;
import io.expunge.api.DatasetsApi;
import io.expunge.api.NewDataset;
import io.expunge.shared.IdempotencyKey;
import java.io.IOException;
import java.net.URI;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class DatasetController implements DatasetsApi {

    private final Datasets datasets;

    DatasetController(Datasets datasets) {
        this.datasets = datasets;
    }

    @Override
    public ResponseEntity<Dataset> createDataset(NewDataset declared, @Nullable String key) {
        var dataset = datasets.create(declared, IdempotencyKey.of(key, Json.write(declared)));
        return ResponseEntity.created(URI.create("/v1/datasets/" + dataset.getId()))
                .body(dataset);
    }

    @Override
    public ResponseEntity<Dataset> getDataset(UUID id) {
        return ResponseEntity.ok(datasets.find(id));
    }

    @Override
    public ResponseEntity<DatasetPage> listDatasets(@Nullable String cursor, Integer limit) {
        var page = datasets.list(cursor, limit);
        return ResponseEntity.ok(new DatasetPage(page.items()).next(page.next()));
    }

    @Override
    public ResponseEntity<Dataset> uploadDatasetPart(UUID id, String part, Resource body) {
        try (var in = body.getInputStream()) {
            return ResponseEntity.ok(datasets.upload(id, part, in));
        } catch (IOException e) {
            throw Artifacts.explain(e);
        }
    }
}
