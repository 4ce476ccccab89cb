package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import io.expunge.engine.DecoderLayers.Layer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Adds up xᵀx and gᵀg of linear layers over texts. A leaf of zeros is added to what leaves each layer, so g = ∂ log p / ∂y is
 * the leaf's gradient; the weights themselves need none, and nothing below the lowest of the layers is differentiated.
 */
final class MomentCollection implements Stretch {

    static final String ACTIVATION = "activation:";
    static final String GRADIENT = "gradient:";

    /** Logits that are in memory at a time, unless a single text has more. */
    private static final long LOGITS_AT_ONCE = 1L << 26;

    private record Seen(Layer layer, NDArray x, NDArray leaf) {}

    private final Kernels kernels = Kernels.shared();
    private final LanguageModel model;
    private final Parameters sums;
    private final MomentStream stream;
    private final Map<String, Layer> layers = new LinkedHashMap<>();
    private final List<int[]> batches = new ArrayList<>();
    private final List<Seen> seen = new ArrayList<>();
    private long[] predicted = {};

    /** @param sums gets the tensors that are added to, and holds the arrays of each step */
    MomentCollection(LanguageModel model, Parameters sums, MomentStream stream) {
        this.model = model;
        this.sums = sums;
        this.stream = stream;
        for (var layer : DecoderLayers.named(model.decoder(), stream.layers())) {
            layers.put(layer.name(), layer);
        }
        cut();
    }

    /** Makes the sums, at zero. */
    static void prepare(Parameters sums, List<Layer> layers) {
        for (var layer : layers) {
            if (!sums.fixed().containsKey(ACTIVATION + layer.input())) {
                sums.add(ACTIVATION + layer.input(), new long[] {layer.in(), layer.in()}, false);
            }
            sums.add(GRADIENT + layer.name(), new long[] {layer.out(), layer.out()}, false);
        }
    }

    private void cut() {
        long most = Math.max(1, LOGITS_AT_ONCE / model.decoder().vocabulary());
        most = Math.min(most, stream.partTokens());
        var rows = new ArrayList<Integer>();
        long tokens = 0;
        for (int row = 0; row < stream.texts().size(); row++) {
            int length = stream.texts().get(row).tokens().length;
            if (!rows.isEmpty() && tokens + length > most) {
                batches.add(rows.stream().mapToInt(Integer::intValue).toArray());
                rows.clear();
                tokens = 0;
            }
            rows.add(row);
            tokens += length;
        }
        batches.add(rows.stream().mapToInt(Integer::intValue).toArray());
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
        return batches.size();
    }

    @Override
    public int examples(long step) {
        return batches.get((int) step).length;
    }

    @Override
    public long tokens(long step) {
        return stream.texts().subset(batches.get((int) step)).tokens();
    }

    /** Mean over the step's places of −log p of what was drawn or stands there. */
    @Override
    public NDArray loss(long step, int part) {
        seen.clear();
        var space = sums.scratch();
        var tokens = stream.texts().subset(batches.get((int) step)).all().stream()
                .map(Sequences.Sequence::tokens)
                .toList();
        var firstTargets = new int[tokens.size()];
        java.util.Arrays.fill(firstTargets, 1);
        var batch = TokenBatch.of(space, model.decoder(), tokens, firstTargets);
        predicted = batch.rows().toLongArray();
        var weights = model.parameters().fixed();
        var pass = new DecoderPass(
                model.decoder(), weights, space, Precision.FP32, (name, x, y) -> tapped(space, name, x, y));
        var logits = pass.logits(pass.hidden(batch), predicted);
        var targets = stream.labels() == MomentStream.Labels.GOLD ? batch.targets() : drawn(space, logits, step);
        return kernels.call("mean_cross_entropy", space, new NDList(logits, targets));
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
        var random = new SplittableRandom(Seeds.derive(stream.seed(), step));
        var uniform = new float[predicted.length];
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
        var places = space.create(predicted);
        var inputs = new java.util.HashSet<String>();
        for (var one : seen) {
            if (inputs.add(one.layer.input())) {
                add(space, sums.value(ACTIVATION + one.layer.input()), one.x, places, 1);
            }
            var gradient = one.leaf.getGradient();
            gradient.attach(space);
            // the loss is a mean over the places, the moments are those of each place's own
            add(
                    space,
                    sums.value(GRADIENT + one.layer.name()),
                    gradient,
                    places,
                    (double) predicted.length * predicted.length);
        }
        seen.clear();
    }

    private void add(NDManager space, NDArray sum, NDArray rows, NDArray places, double scale) {
        try (var inner = space.newSubManager()) {
            var counted = kernels.call("rows", inner, new NDList(rows, places));
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
