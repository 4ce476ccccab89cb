package io.expunge.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The linear layers of a decoder's blocks, in the order in which they are declared. */
final class DecoderLayers {

    private DecoderLayers() {}

    static Map<String, LinearLayer> of(Decoder decoder) {
        var names = DecoderNames.of(decoder.family());
        var tensors = DecoderTensors.of(decoder);
        Map<String, LinearLayer> layers = new LinkedHashMap<>();
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
            Map<String, LinearLayer> layers, Map<String, DecoderTensors.Tensor> tensors, String name, String input) {
        var tensor = tensors.get(name + ".weight");
        if (tensor == null || !tensor.role().isLinear()) {
            throw new IllegalStateException("no linear layer " + name);
        }
        boolean transposed = tensor.role() == DecoderTensors.Role.TRANSPOSED_LINEAR;
        int first = (int) tensor.shape()[0];
        int second = (int) tensor.shape()[1];
        layers.put(
                name,
                new LinearLayer(name, input, transposed ? first : second, transposed ? second : first, transposed));
    }

    /** @throws ModelRefused naming those that there are, if one of {@code names} is not among them or stands twice */
    static List<LinearLayer> named(Decoder decoder, List<String> names) {
        return LinearLayer.named(of(decoder), names);
    }
}
