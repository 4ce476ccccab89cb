package io.expunge.catalog;

import io.expunge.api.TrainingData;
import io.expunge.audit.Actor;
import io.expunge.engine.Architecture;
import io.expunge.engine.Decoder;
import io.expunge.engine.HuggingFaceDirectory;
import io.expunge.engine.LanguageArchitecture;
import io.expunge.engine.ModelRefused;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.engine.Recipe;
import io.expunge.engine.TextRecipe;
import io.expunge.shared.Problem;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Checks what somebody says of a training, one that was or one that is to be, before anything is stored or begun. */
@Component
public class Trainings {

    private static final double DEFAULT_TEST_FRACTION = 0.2;

    private final ModelRepository models;
    private final VersionRepository versions;
    private final DatasetRepository datasets;
    private final TrainingSets sets;
    private final TextSets texts;
    private final Artifacts artifacts;

    Trainings(
            ModelRepository models,
            VersionRepository versions,
            DatasetRepository datasets,
            TrainingSets sets,
            TextSets texts,
            Artifacts artifacts) {
        this.models = models;
        this.versions = versions;
        this.datasets = datasets;
        this.sets = sets;
        this.texts = texts;
        this.artifacts = artifacts;
    }

    /**
     * A training as a caller describes it.
     *
     * @param recipe of a classifier
     * @param textRecipe of a language model
     * @param baseId version to begin with
     */
    public record Said(
            @Nullable TrainingData data,
            @Nullable Recipe recipe,
            @Nullable TextRecipe textRecipe,
            @Nullable Long seed,
            @Nullable UUID baseId) {}

    /** A training that a run of the caller's model can do; fixes which records are held out. */
    @Transactional(readOnly = true)
    public Training ordered(UUID modelId, Said said) {
        var training = checked(own(modelId), said);
        if (own(modelId).architecture() instanceof LanguageArchitecture language) {
            if (training.baseId() != null) {
                var base = versions.findById(training.baseId()).orElseThrow();
                var directory = HuggingFaceDirectory.open(artifacts.version(base.address()));
                requireFit(training.ofLanguageModel(), Decoder.read(directory.config()));
                texts.requireFit(training.source(), directory);
            } else if (language.sizes() == null) {
                throw Problem.refused(
                        "nothing-to-begin-with", "baseId", "is required: the model was declared without sizes");
            } else {
                requireFit(
                        training.ofLanguageModel(),
                        language.sizes().decoder(language.sizes().vocabulary()));
                texts.requireFit(training.source(), language.sizes());
            }
        }
        return training;
    }

    private static void requireFit(TextRecipe recipe, Decoder decoder) {
        try {
            if (recipe.lowRank() != null) {
                recipe.lowRank().requireFit(decoder);
            }
        } catch (ModelRefused e) {
            throw Problem.refused("recipe-does-not-fit", "textRecipe", String.valueOf(e.getMessage()));
        }
    }

    /** The training of a version of the caller's model that comes from elsewhere; null where it learned from nothing here. */
    @Nullable Training declared(UUID modelId, Said said) {
        var model = own(modelId);
        var nothing = said.data() == null
                && said.recipe() == null
                && said.textRecipe() == null
                && said.seed() == null
                && said.baseId() == null;
        return nothing && model.architecture() instanceof LanguageArchitecture ? null : checked(model, said);
    }

    private Training checked(ModelEntity model, Said said) {
        var data = required("data", said.data());
        var recipe = said.recipe();
        var textRecipe = said.textRecipe();
        UUID base = null;
        switch (model.architecture()) {
            case NetworkArchitecture ignored -> {
                required("recipe", recipe);
                mustBeAbsent("textRecipe", textRecipe, "is for language models and the model is a classifier");
                mustBeAbsent("baseId", said.baseId(), "is for language models and the model is a classifier");
            }
            case LanguageArchitecture ignored -> {
                required("textRecipe", textRecipe);
                mustBeAbsent("recipe", recipe, "is for classifiers and the model is a language model");
                base = said.baseId() == null ? null : base(model, said.baseId());
            }
        }
        long seed = required("seed", said.seed());
        return new Training(source(model, data, seed), recipe, textRecipe, seed, base);
    }

    private static <T> T required(String field, @Nullable T value) {
        if (value == null) {
            throw Problem.invalid(field, "is required");
        }
        return value;
    }

    private static void mustBeAbsent(String field, @Nullable Object value, String reason) {
        if (value != null) {
            throw Problem.invalid(field, reason);
        }
    }

    private UUID base(ModelEntity model, UUID id) {
        var base = versions.findByIdAndControllerId(id, model.controllerId())
                .filter(version -> version.modelId().equals(model.id()) && version.digest() != null)
                .orElseThrow(() ->
                        Problem.refused("version-not-found", "baseId", "names no version of this model with weights"));
        if (base.training() != null) {
            throw Problem.refused(
                    "base-has-learned",
                    "baseId",
                    "names a version that learned from a data set, whose people could not be found in its successor");
        }
        return id;
    }

    private TrainingSource source(ModelEntity model, TrainingData data, long seed) {
        if (data.getTestDatasetId() != null && data.getTestFraction() != null) {
            throw Problem.invalid("data.testFraction", "and testDatasetId exclude each other");
        }
        var split = data.getTestDatasetId() != null
                ? 0
                : Objects.requireNonNullElse(data.getTestFraction(), DEFAULT_TEST_FRACTION);
        ready(data.getDatasetId(), "data.datasetId", model.architecture());
        if (data.getTestDatasetId() != null) {
            ready(data.getTestDatasetId(), "data.testDatasetId", model.architecture());
            sets.requireSameForm(data.getDatasetId(), data.getTestDatasetId());
        }
        return new TrainingSource(data.getDatasetId(), data.getTestDatasetId(), split, seed);
    }

    private void ready(UUID id, String field, Architecture architecture) {
        var dataset = datasets.findByIdAndControllerId(id, Actor.current().controller())
                .orElseThrow(() -> Problem.refused("dataset-not-found", field, "names no data set"));
        var content = dataset.content();
        if (content == null) {
            throw Problem.refused("dataset-not-ready", field, "names a data set whose parts are still awaited");
        }
        switch (architecture) {
            case NetworkArchitecture network -> requireFit(content, field, network);
            case LanguageArchitecture ignored -> {
                if (content.kind() == null) {
                    throw Problem.refused("dataset-does-not-fit", field, "holds no text but the model reads text");
                }
            }
        }
    }

    private static void requireFit(Content content, String field, NetworkArchitecture network) {
        if (content.kind() != null) {
            throw Problem.refused("dataset-does-not-fit", field, "holds text but the model is a classifier");
        }
        var shape = content.shape().stream().mapToLong(Long::longValue).toArray();
        if (!Arrays.equals(shape, network.inputShape())) {
            throw Problem.refused(
                    "dataset-does-not-fit",
                    field,
                    "has examples of shape " + content.shape() + " but the model takes "
                            + Arrays.toString(network.inputShape()));
        }
        if (content.classes().size() > network.classes()) {
            throw Problem.refused(
                    "dataset-does-not-fit",
                    field,
                    "has " + content.classes().size() + " classes but the model tells " + network.classes() + " apart");
        }
    }

    private ModelEntity own(UUID id) {
        return models.findByIdAndControllerId(id, Actor.current().controller())
                .orElseThrow(() -> Problem.notFound("model", id));
    }
}
