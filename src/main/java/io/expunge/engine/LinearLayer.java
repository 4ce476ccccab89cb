package io.expunge.engine;

import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * A linear layer of a model.
 *
 * @param name without {@code .weight}
 * @param input names what enters it: two layers with one name here see the same numbers
 * @param transposed whether its matrix is stored as (in, out)
 */
record LinearLayer(String name, String input, int in, int out, boolean transposed) {

    /** The larger of both sides: fewer places than that cannot fill both factors of its curvature. */
    int width() {
        return Math.max(in, out);
    }

    static int widest(List<LinearLayer> layers) {
        return layers.stream().mapToInt(LinearLayer::width).max().orElse(0);
    }

    /** @throws ModelRefused naming those that there are, if one of {@code names} is not among them or stands twice */
    static List<LinearLayer> named(Map<String, LinearLayer> all, List<String> names) {
        var seen = new HashSet<String>();
        return names.stream()
                .map(name -> {
                    var layer = all.get(name);
                    if (layer == null) {
                        throw new ModelRefused("there is no layer " + name + "; there "
                                + (all.isEmpty()
                                        ? "is none with curvature"
                                        : "are " + String.join(", ", all.keySet())));
                    }
                    if (!seen.add(name)) {
                        throw new ModelRefused("layer " + name + " is named twice");
                    }
                    return layer;
                })
                .toList();
    }
}
