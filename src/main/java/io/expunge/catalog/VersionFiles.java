package io.expunge.catalog;

import io.expunge.engine.Architecture;
import io.expunge.engine.HuggingFaceDirectory;
import io.expunge.engine.LanguageArchitecture;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.ModelRefused;
import io.expunge.engine.Network;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.engine.VisionDirectory;
import io.expunge.engine.VisionTransformer;
import io.expunge.shared.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What versions consist of: the weights of a classifier with its config, or the directory of a vision transformer or a language
 * model as Hugging Face lays it out.
 */
@Component
class VersionFiles {

    static final String WEIGHTS = "model.safetensors";
    static final String CONFIG = "config.json";
    static final String REWIND = "rewind.safetensors";

    private final Artifacts artifacts;
    private final TrainingSets sets;
    private final TextSets texts;
    private final CatalogSettings settings;

    VersionFiles(Artifacts artifacts, TrainingSets sets, TextSets texts, CatalogSettings settings) {
        this.artifacts = artifacts;
        this.sets = sets;
        this.texts = texts;
        this.settings = settings;
    }

    /**
     * Reads to its end what somebody sends and stores it if a model of {@code architecture} can be made of it.
     *
     * @param training of the version; null where it learned from no data set
     * @return the address
     * @throws Problem naming the file, the tensor or the record; nothing is stored
     */
    byte[] receive(Architecture architecture, @Nullable Training training, InputStream body) {
        var staging = artifacts.staging();
        try {
            var sent = Upload.limited(body, settings.maxModel());
            return switch (architecture) {
                case VisionTransformer vit -> images(vit, sent, staging);
                case NetworkArchitecture network -> network(network, training, sent, staging.resolve(WEIGHTS));
                case LanguageArchitecture language -> language(language, training, sent, staging);
            };
        } catch (ModelRefused e) {
            throw Problem.refused("model-refused", "weights", String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw Artifacts.explain(e);
        } finally {
            Artifacts.delete(staging);
        }
    }

    private byte[] network(NetworkArchitecture network, @Nullable Training training, InputStream sent, Path weights)
            throws IOException {
        Files.copy(sent, weights);
        Network.load(network, weights).close();
        if (training == null) {
            throw new IllegalStateException("a classifier was declared without its training");
        }
        return store(network, training.source(), weights, null);
    }

    private byte[] images(VisionTransformer declared, InputStream sent, Path directory) throws IOException {
        new ModelArchiveReader(directory).read(sent);
        var found = VisionDirectory.open(directory).architecture();
        if (!found.equals(declared)) {
            throw new ModelRefused("config.json describes " + found + " but the model was declared as " + declared);
        }
        var weights = directory.resolve(WEIGHTS);
        if (!Files.exists(weights)) {
            throw new ModelRefused("the weights must be in one " + WEIGHTS + ", not in shards");
        }
        Network.load(declared, weights).close();
        return artifacts.storeVersion(directory);
    }

    private byte[] language(
            LanguageArchitecture language, @Nullable Training training, InputStream sent, Path directory)
            throws IOException {
        new ModelArchiveReader(directory).read(sent);
        var opened = HuggingFaceDirectory.open(directory);
        var decoder = LanguageModel.check(opened);
        if (language.sizes() != null) {
            language.sizes().check(decoder);
        }
        if (training != null) {
            texts.requireFit(training.source(), opened);
        }
        return artifacts.storeVersion(directory);
    }

    /** Stores a classifier's weights with the config that says how to use them. */
    byte[] store(NetworkArchitecture architecture, TrainingSource source, Path weights, @Nullable Path rewind) {
        var staging = artifacts.staging();
        try {
            if (architecture instanceof VisionTransformer vit) {
                VisionDirectory.describe(staging, vit, sets.classes(source));
            } else {
                Files.writeString(staging.resolve(CONFIG), Json.write(sets.config(architecture, source)) + "\n");
            }
            var files = new HashMap<String, Path>();
            for (var file : Artifacts.files(staging)) {
                files.put(file.toString(), staging.resolve(file));
            }
            files.put(WEIGHTS, weights);
            if (rewind != null) {
                files.put(REWIND, rewind);
            }
            return artifacts.storeVersion(files);
        } catch (IOException e) {
            throw Artifacts.explain(e);
        } finally {
            Artifacts.delete(staging);
        }
    }

    /** Stores a language model's directory and takes it away from where it was. */
    byte[] store(Path directory) {
        return artifacts.storeVersion(directory);
    }
}
