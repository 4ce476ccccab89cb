package io.expunge.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A vision transformer as Hugging Face lays out {@code ViTForImageClassification}: {@code config.json}, the weights in
 * {@code model.safetensors} or in shards, and {@code preprocessor_config.json} where it is there.
 */
public final class VisionDirectory {

    private final HuggingFaceDirectory directory;
    private final VisionTransformer architecture;

    private VisionDirectory(HuggingFaceDirectory directory, VisionTransformer architecture) {
        this.directory = directory;
        this.architecture = architecture;
    }

    /**
     * Checks config, preprocessing and the names and shapes of all tensors.
     *
     * @throws ModelRefused naming the file, the field or the tensor
     */
    public static VisionDirectory open(Path path) {
        var directory = HuggingFaceDirectory.openWithoutText(path);
        var opened = new VisionDirectory(directory, VisionConfig.read(directory.config()));
        try {
            if (Files.exists(path.resolve(VisionConfig.PREPROCESSOR))) {
                VisionConfig.checkPreprocessor(TextFile.read(path, VisionConfig.PREPROCESSOR));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Network.requireFit(opened.architecture, opened.shapes());
        return opened;
    }

    private Map<String, long[]> shapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        directory.names().forEach(name -> shapes.put(name, directory.shape(name)));
        return shapes;
    }

    public VisionTransformer architecture() {
        return architecture;
    }

    /**
     * Reads the weights, of any type of floating point.
     *
     * @throws ModelRefused naming the tensor, if it holds a value that is not finite
     */
    public Network network() {
        Map<String, float[]> weights = new LinkedHashMap<>();
        directory.names().forEach(name -> weights.put(name, directory.read(name)));
        return Network.of(architecture, weights);
    }

    /**
     * Writes the model anew with the weights of {@code network}; a number that is what is stored already keeps its bytes, and
     * so does every file without weights.
     *
     * @param target must not exist yet
     * @return how many stored numbers changed
     * @throws ModelRefused if a weight is not finite once rounded to the type it is stored in
     */
    public long write(Path target, Network network) {
        if (!network.architecture().equals(architecture)) {
            throw new IllegalArgumentException("the network is of another architecture");
        }
        var weights = network.weights();
        Function<String, Optional<float[]>> changed = name -> Optional.ofNullable(weights.get(name));
        return directory.write(target, changed);
    }

    /**
     * Writes the files beside the weights of a network that was trained here.
     *
     * @param classes their names, in their order; those that the data lack get a name of their number
     */
    public static void describe(Path target, VisionTransformer vit, List<String> classes) {
        var names = new ArrayList<>(classes);
        while (names.size() < vit.classes()) {
            names.add("LABEL_" + names.size());
        }
        try {
            Files.writeString(target.resolve(VisionConfig.CONFIG), VisionConfig.write(vit, names));
            Files.writeString(target.resolve(VisionConfig.PREPROCESSOR), VisionConfig.writePreprocessor(vit));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
