package io.expunge.engine;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the weights of one layer stand in a network's gradient: layers follow each other as they are declared, within one its
 * units or channels, within each of those its weights and then its bias.
 *
 * @param first place of its first number
 * @param units how many units or channels leave it
 * @param width numbers of one of them, the bias among these
 * @param shape of the weights without the biases
 * @param biased whether there are biases
 */
record GradientLayer(long first, int units, int width, long[] shape, boolean biased) {

    private static final String WEIGHT = ".weight";

    /** All layers by name. */
    static Map<String, GradientLayer> of(NetworkArchitecture architecture) {
        var tensors = Declarations.of(Layers.of(architecture)).tensors();
        var layers = new LinkedHashMap<String, GradientLayer>();
        long first = 0;
        for (var entry : tensors.entrySet()) {
            if (!entry.getKey().endsWith(WEIGHT)) {
                continue;
            }
            var name = entry.getKey().substring(0, entry.getKey().length() - WEIGHT.length());
            var shape = entry.getValue().shape();
            boolean biased = tensors.containsKey(name + ".bias");
            long own = Arrays.stream(shape).skip(1).reduce(1, Math::multiplyExact);
            var layer = new GradientLayer(
                    first, Math.toIntExact(shape[0]), Math.toIntExact(own + (biased ? 1 : 0)), shape, biased);
            layers.put(name, layer);
            first += layer.size();
        }
        return layers;
    }

    /** Numbers of the whole layer. */
    long size() {
        return (long) units * width;
    }
}
