package io.expunge.engine;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** A vision transformer that plain loops bear, with weights of any size so that no part of it is near a straight line. */
final class SmallVision {

    static final VisionTransformer VIT = new VisionTransformer(2, 8, 4, 6, 2, 2, 10, 1e-6, 3);

    private SmallVision() {}

    static Map<String, float[]> weights() {
        var random = new Random(3);
        Map<String, float[]> weights = new LinkedHashMap<>();
        Network.initial(VIT, 1).forEach((name, values) -> {
            boolean gain = name.contains("layernorm") && name.endsWith("weight");
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((gain ? 1 : 0) + 0.5 * random.nextGaussian());
            }
            weights.put(name, values);
        });
        return weights;
    }

    static Network network() {
        var network = Network.initialise(VIT, 1);
        network.restore(weights());
        return network;
    }

    static Map<String, double[]> exact() {
        Map<String, double[]> exact = new HashMap<>();
        weights().forEach((name, values) -> exact.put(name, widened(values)));
        return exact;
    }

    static Examples images(int count) {
        var random = new SplittableRandom(5);
        var pixels = new float[count * 2 * 8 * 8];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextDouble();
        }
        return Examples.ofFloats(
                pixels, IntStream.range(0, count).map(i -> i % 3).toArray(), 2, 8, 8);
    }

    /** The image at {@code row} of {@link #images}. */
    static double[] image(int row) {
        var random = new SplittableRandom(5);
        var pixels = new double[2 * 8 * 8];
        for (int i = 0; i < (row + 1) * pixels.length; i++) {
            pixels[i % pixels.length] = (float) random.nextDouble();
        }
        return pixels;
    }

    static double[] widened(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }
}
