package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Uncentred second moments of what enters linear layers and of the gradients of what leaves them, the factors of K-FAC:
 * Martens and Grosse 2015, <a href="https://arxiv.org/abs/1503.05671">paper</a>.
 *
 * <pre>A = 1/n Σ x xᵀ,  G = 1/n Σ g gᵀ,  g = ∂ log p(label) / ∂y,  F ≈ G ⊗ A</pre>
 *
 * The n places are all tokens but the last of each text, or the tokens of images. Layers that read the same input share A. In fp32, on the device.
 */
public final class SecondMoments implements AutoCloseable {

    private static final String POSITIONS = "positions";
    private static final String LAYERS = "layers";

    private final Map<String, LinearLayer> layers = new LinkedHashMap<>();
    private final Parameters moments;
    private final long positions;
    private final Map<String, String> about;
    private final boolean borrowed;

    private SecondMoments(List<LinearLayer> layers, Parameters moments, long positions, Map<String, String> about) {
        this(layers, moments, positions, about, false);
    }

    private SecondMoments(
            List<LinearLayer> layers, Parameters moments, long positions, Map<String, String> about, boolean borrowed) {
        layers.forEach(layer -> this.layers.put(layer.name(), layer));
        this.moments = moments;
        this.positions = positions;
        this.about = Map.copyOf(about);
        this.borrowed = borrowed;
    }

    /**
     * Reads the texts once.
     *
     * @param about what a file of the moments shall say of them, such as the version they are of
     * @param session of which this is the only work; a checkpoint holds the sums so far
     * @throws ModelRefused if a layer does not exist or the texts do not fit, as {@link MomentStream#requireFit} says
     * @throws Diverged if a sum is not finite; the layer is named
     * @throws Stopped if the session's monitor asks for it
     */
    public static SecondMoments collect(
            LanguageModel model, MomentStream stream, Map<String, String> about, Session session) {
        stream.requireFit(model.decoder());
        var layers = DecoderLayers.named(model.decoder(), stream.layers());
        return collect(
                layers,
                stream.positions(),
                about,
                session,
                sums -> new MomentCollection(
                        new TextReading(model, stream), sums, layers, stream.labels(), stream.seed()));
    }

    /** Reads the images once, as above. */
    public static SecondMoments collect(
            Network network, ImageStream stream, Map<String, String> about, Session session) {
        var vit = stream.requireFit(network.architecture());
        var layers = LinearLayer.named(Layers.of(vit).tokenLayers(), stream.layers());
        return collect(
                layers,
                stream.positions(vit),
                about,
                session,
                sums -> new MomentCollection(
                        new ImageReading(network, stream, vit.tokens()), sums, layers, stream.labels(), stream.seed()));
    }

    private static SecondMoments collect(
            List<LinearLayer> layers,
            long positions,
            Map<String, String> about,
            Session session,
            Function<Parameters, Stretch> collection) {
        var sums = new Parameters();
        try {
            MomentCollection.prepare(sums, layers);
            session.descend(sums, () -> collection.apply(sums));
            try (var scratch = sums.manager().newSubManager()) {
                var share = scratch.create(1.0 / positions);
                sums.fixed().values().forEach(sum -> Kernels.shared().call("scale", scratch, new NDList(sum, share)));
            }
            return new SecondMoments(layers, sums, positions, about);
        } catch (RuntimeException e) {
            sums.close();
            throw e;
        }
    }

    /**
     * Reads what {@link #save} wrote.
     *
     * @param decoder of the model that the layers are of
     * @throws ModelRefused if the file is broken or of another model's layers
     */
    public static SecondMoments open(Path file, Decoder decoder) {
        return open(file, DecoderLayers.of(decoder));
    }

    /** The same, of a network's layers. */
    public static SecondMoments open(Path file, NetworkArchitecture architecture) {
        return open(file, Layers.of(architecture).tokenLayers());
    }

    private static SecondMoments open(Path file, Map<String, LinearLayer> all) {
        var stored = SafetensorsFile.open(file);
        var about = new TreeMap<>(stored.metadata());
        var named = about.remove(LAYERS);
        var counted = about.remove(POSITIONS);
        if (named == null || counted == null) {
            throw new ModelRefused("the file holds no second moments");
        }
        var layers = LinearLayer.named(all, List.of(named.split(",")));
        var moments = new Parameters();
        try {
            MomentCollection.prepare(moments, layers);
            moments.restore("", stored);
            return new SecondMoments(layers, moments, Long.parseLong(counted), about);
        } catch (RuntimeException e) {
            moments.close();
            throw e;
        }
    }

    /** Writes a safetensors file, all or nothing. */
    public void save(Path file) {
        var all = new TreeMap<>(about);
        all.put(LAYERS, String.join(",", layers.keySet()));
        all.put(POSITIONS, Long.toString(positions));
        Safetensors.write(file, moments.tensors(""), all);
    }

    /** The same for somebody who closes them, which leaves these as they are. */
    public SecondMoments lent() {
        return new SecondMoments(List.copyOf(layers.values()), moments, positions, about, true);
    }

    /** Names of the layers. */
    public List<String> layers() {
        return new ArrayList<>(layers.keySet());
    }

    /** n. */
    public long positions() {
        return positions;
    }

    /** What was said of them when they were collected. */
    public Map<String, String> about() {
        return about;
    }

    /** A of a layer, row-major, in × in. */
    public float[] activation(String layer) {
        return activations(layer).toFloatArray();
    }

    /** G of a layer, row-major, out × out. */
    public float[] gradient(String layer) {
        return gradients(layer).toFloatArray();
    }

    NDArray activations(String layer) {
        return moments.value(MomentCollection.ACTIVATION + layer(layer).input());
    }

    NDArray gradients(String layer) {
        return moments.value(MomentCollection.GRADIENT + layer(layer).name());
    }

    private LinearLayer layer(String name) {
        var layer = layers.get(name);
        if (layer == null) {
            throw new ModelRefused("there are no second moments of layer " + name + " but of " + layers.keySet());
        }
        return layer;
    }

    @Override
    public void close() {
        if (!borrowed) {
            moments.close();
        }
    }
}
