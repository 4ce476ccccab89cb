package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Adds up xᵀx and gᵀg of linear layers over texts or images. A leaf of zeros is added to what leaves each layer, so g = ∂ log p / ∂y is
 * the leaf's gradient; the weights themselves need none, and nothing below the lowest of the layers is differentiated.
 */
final class MomentCollection implements Stretch {

    static final String ACTIVATION = "activation:";
    static final String GRADIENT = "gradient:";

    private record Seen(LinearLayer layer, NDArray x, NDArray leaf) {}

    private final Kernels kernels = Kernels.shared();
    private final MomentReading reading;
    private final Parameters sums;
    private final Map<String, LinearLayer> layers = new LinkedHashMap<>();
    private final MomentStream.Labels labels;
    private final long seed;
    private final List<Seen> seen = new ArrayList<>();
    private long[] rows = {};
    private long predictions;

    /**
     * @param sums gets the tensors that are added to, and holds the arrays of each step
     * @param seed of the labels that are drawn
     */
    MomentCollection(
            MomentReading reading, Parameters sums, List<LinearLayer> layers, MomentStream.Labels labels, long seed) {
        this.reading = reading;
        this.sums = sums;
        this.labels = labels;
        this.seed = seed;
        layers.forEach(layer -> this.layers.put(layer.name(), layer));
    }

    /** Makes the sums, at zero. */
    static void prepare(Parameters sums, List<LinearLayer> layers) {
        for (var layer : layers) {
            if (!sums.fixed().containsKey(ACTIVATION + layer.input())) {
                sums.add(ACTIVATION + layer.input(), new long[] {layer.in(), layer.in()}, false);
            }
            sums.add(GRADIENT + layer.name(), new long[] {layer.out(), layer.out()}, false);
        }
    }

    @Override
    public String label() {
        return "curvature";
    }

    @Override
    public int epochs() {
        return 1;
    }

    @Override
    public int stepsPerEpoch() {
        return reading.batches();
    }

    @Override
    public int examples(long step) {
        return reading.examples((int) step);
    }

    @Override
    public long tokens(long step) {
        return reading.tokens((int) step);
    }

    /** Mean over the step's predictions of −log p of what was drawn or stands there. */
    @Override
    public NDArray loss(long step, int part) {
        seen.clear();
        var space = sums.scratch();
        var outputs = reading.read(space, (int) step, (name, x, y) -> tapped(space, name, x, y));
        rows = outputs.rows();
        predictions = outputs.logits().getShape().get(0);
        var targets = labels == MomentStream.Labels.GOLD ? outputs.gold() : drawn(space, outputs.logits(), step);
        return kernels.call("mean_cross_entropy", space, new NDList(outputs.logits(), targets));
    }

    private NDArray tapped(NDManager space, String name, NDArray x, NDArray y) {
        var layer = layers.get(name);
        if (layer == null) {
            return y;
        }
        var input = x.stopGradient();
        input.attach(space);
        var leaf = space.zeros(y.getShape());
        leaf.setRequiresGradient(true);
        seen.add(new Seen(layer, input, leaf));
        return y.add(leaf);
    }

    private NDArray drawn(NDManager space, NDArray logits, long step) {
        var random = new SplittableRandom(Seeds.derive(seed, step));
        var uniform = new float[Math.toIntExact(predictions)];
        for (int i = 0; i < uniform.length; i++) {
            uniform[i] = (random.nextInt() >>> 8) * 0x1p-24f;
        }
        var plain = logits.stopGradient();
        plain.attach(space);
        return kernels.call("draw", space, new NDList(plain, space.create(uniform)));
    }

    @Override
    public void back(GradientCollector collector) {
        var space = sums.scratch();
        var places = space.create(rows);
        var inputs = new java.util.HashSet<String>();
        for (var one : seen) {
            if (inputs.add(one.layer.input())) {
                add(space, sums.value(ACTIVATION + one.layer.input()), one.x, places, 1);
            }
            var gradient = one.leaf.getGradient();
            gradient.attach(space);
            // the loss is a mean over the predictions, the moments are those of each one's own
            add(space, sums.value(GRADIENT + one.layer.name()), gradient, places, (double) predictions * predictions);
        }
        seen.clear();
    }

    private void add(NDManager space, NDArray sum, NDArray all, NDArray places, double scale) {
        try (var inner = space.newSubManager()) {
            var counted = kernels.call("rows_of", inner, new NDList(all, places));
            kernels.call("gram", inner, new NDList(sum, counted, inner.create(scale)));
        }
    }

    @Override
    public void move(NDManager scratch, Map<String, NDArray> gradients, long step, long total) {}

    @Override
    public Map<String, NDArray> state() {
        return Map.of();
    }

    @Override
    public void close() {}
}
