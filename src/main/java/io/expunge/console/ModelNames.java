package io.expunge.console;

import io.expunge.api.Model;
import io.expunge.api.ModelsApi;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** What the caller's models are called. */
@Component
class ModelNames {

    private static final int A_PAGE = 500;

    private final ModelsApi models;

    ModelNames(ModelsApi models) {
        this.models = models;
    }

    /** By id; a controller has tens of models, seldom hundreds. */
    Map<UUID, String> all() {
        var all = new HashMap<UUID, String>();
        Objects.requireNonNull(models.listModels(null, A_PAGE).getBody())
                .getItems()
                .forEach(model -> all.put(model.getId(), model.getName()));
        return all;
    }

    Model one(UUID id) {
        return Objects.requireNonNull(models.getModel(id).getBody());
    }
}
