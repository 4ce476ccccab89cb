package io.expunge.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The linear layers of a decoder's blocks, in the order in which they are declared. */
final class DecoderLayers {

    /**
     * One of them.
     *
     * @param name without {@code .weight}
     * @param input names what enters it: two layers with one name here see the same numbers
     * @param transposed whether its matrix is stored as (in, out)
     */
    record Layer(String name, String input, int in, int out, boolean transposed) {}

    private DecoderLayers() {}

    static Map<String, Layer> of(Decoder decoder) {
        var names = DecoderNames.of(decoder.family());
        var tensors = DecoderTensors.of(decoder);
        Map<String, Layer> layers = new LinkedHashMap<>();
        for (int block = 0; block < decoder.layers(); block++) {
            for (var name : names.projections()) {
                add(layers, tensors, names.block(block, name), names.block(block, "attention"));
            }
            add(layers, tensors, names.block(block, names.attentionOut()), names.block(block, "mixed"));
            for (var name : names.mlpIn()) {
                add(layers, tensors, names.block(block, name), names.block(block, "mlp"));
            }
            add(layers, tensors, names.block(block, names.mlpOut()), names.block(block, "inner"));
        }
        return layers;
    }

    private static void add(
            Map<String, Layer> layers, Map<String, DecoderTensors.Tensor> tensors, String name, String input) {
        var tensor = tensors.get(name + ".weight");
        if (tensor == null || !tensor.role().isLinear()) {
            throw new IllegalStateException("no linear layer " + name);
        }
        boolean transposed = tensor.role() == DecoderTensors.Role.TRANSPOSED_LINEAR;
        int first = (int) tensor.shape()[0];
        int second = (int) tensor.shape()[1];
        layers.put(name, new Layer(name, input, transposed ? first : second, transposed ? second : first, transposed));
    }

    /** @throws ModelRefused naming those that there are, if one of {@code names} is not among them or stands twice */
    static List<Layer> named(Decoder decoder, List<String> names) {
        var all = of(decoder);
        var seen = new java.util.HashSet<String>();
        return names.stream()
                .map(name -> {
                    var layer = all.get(name);
                    if (layer == null) {
                        throw new ModelRefused(
                                "there is no layer " + name + "; there are " + String.join(", ", all.keySet()));
                    }
                    if (!seen.add(name)) {
                        throw new ModelRefused("layer " + name + " is named twice");
                    }
                    return layer;
                })
                .toList();
    }
}
