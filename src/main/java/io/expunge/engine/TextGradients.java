package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gradients of the log odds of answers ({@link LogOdds}) in all weights of a language model, one for each text, projected at
 * random on few dimensions. Each text goes back through the model alone, since nothing else tells apart what texts do to an
 * embedding or a norm; the gradients of some texts are held in memory and projected together, so that the projection, which is
 * never whole in memory either, is made once for all of them.
 *
 * <p>The projection has entries ±1/√k, which keeps inner products in the mean. Its rows are the weights, tensor by tensor as the
 * model has them, row-major.
 */
public final class TextGradients {

    /** Numbers of the gradients that are held. */
    private static final long HELD = 128_000_000;
    /** Numbers of a block of the projection. */
    private static final long SIGNS = 2_000_000;

    private final LanguageModel model;
    private final RandomSigns signs;
    private final Runnable pause;

    /**
     * Sets up a projection.
     *
     * @param dimensions k
     * @param seed of the projection
     * @param pause called now and then; what it throws ends the work
     */
    public TextGradients(LanguageModel model, int dimensions, long seed, Runnable pause) {
        if (dimensions < 1) {
            throw new IllegalArgumentException("dimensions must be at least 1 but was " + dimensions);
        }
        this.model = model;
        this.signs = new RandomSigns(seed, dimensions);
        this.pause = pause;
    }

    /** How often the whole projection is made for so many texts. */
    public static long passes(LanguageModel model, int texts) {
        return Math.ceilDiv(texts, atOnce(model));
    }

    private static int atOnce(LanguageModel model) {
        return Math.clamp(HELD / model.size(), 1, Integer.MAX_VALUE);
    }

    /**
     * Of every text.
     *
     * @return texts × k
     * @throws ModelRefused if a text is longer than the context or holds an unknown token
     */
    public float[][] ofLogOdds(Sequences texts) {
        texts.checkFit(model.decoder().positions(), model.decoder().vocabulary());
        return Lane.hold(() -> {
            var parameters = model.parameters();
            var gradients = new LinkedHashMap<String, NDArray>();
            var rows = new ArrayList<float[]>();
            int most = atOnce(model);
            try {
                for (int from = 0; from < texts.size(); from += most) {
                    try (var space = Torch.manager()) {
                        int to = Math.min(texts.size(), from + most);
                        rows.addAll(projected(held(texts, from, to, gradients, space), space));
                    }
                }
            } finally {
                gradients.values().forEach(NDArray::close);
                parameters.forgetGradients();
            }
            return rows.toArray(float[][]::new);
        });
    }

    /**
     * Gradients of some texts.
     *
     * @param gradients handles of the weights' gradients by tensor, which are filled in at the first text
     * @return by tensor, a row for each text
     */
    private Map<String, List<NDArray>> held(
            Sequences texts, int from, int to, Map<String, NDArray> gradients, NDManager space) {
        var held = new LinkedHashMap<String, List<NDArray>>();
        for (int row = from; row < to; row++) {
            pause.run();
            differentiate(texts, row);
            if (gradients.isEmpty()) {
                // every call hands out a new handle on the same storage, so they are asked for once
                model.parameters().leaves().forEach((name, leaf) -> gradients.put(name, leaf.getGradient()));
            }
            gradients.forEach((name, gradient) -> {
                var copy = gradient.duplicate();
                copy.attach(space);
                held.computeIfAbsent(name, tensor -> new ArrayList<>()).add(copy.reshape(1, copy.size()));
            });
            clear(gradients, space);
        }
        return held;
    }

    private static void clear(Map<String, NDArray> gradients, NDManager space) {
        try (var scratch = space.newSubManager()) {
            var all = new NDList();
            Kernels.addList(all, "g", gradients.values());
            Kernels.shared().call("clear", scratch, all);
        }
    }

    private void differentiate(Sequences texts, int row) {
        var parameters = model.parameters();
        var scratch = parameters.openStep();
        try (var collector = Torch.engine().newGradientCollector()) {
            model.beginPlain();
            int[] rows = {row};
            var batch = new SequenceBatch(
                    scratch, model.decoder(), texts, rows, 1, texts.get(row).answerLength(), new HashMap<>());
            collector.backward(model.logOdds(batch).sum());
        } finally {
            parameters.closeStep();
        }
    }

    private List<float[]> projected(Map<String, List<NDArray>> held, NDManager space) {
        int texts = held.values().iterator().next().size();
        var projected = space.zeros(new Shape(texts, signs.columns()));
        long first = 0;
        for (var tensor : held.values()) {
            try (var inner = space.newSubManager()) {
                var all = NDArrays.concat(new NDList(tensor), 0);
                all.attach(inner);
                project(all, first, projected, inner);
                first += all.getShape().get(1);
            }
        }
        var numbers = projected.div(Math.sqrt(signs.columns())).toFloatArray();
        var rows = new ArrayList<float[]>();
        for (int i = 0; i < texts; i++) {
            rows.add(Arrays.copyOfRange(numbers, i * signs.columns(), (i + 1) * signs.columns()));
        }
        return rows;
    }

    /** Adds a tensor's part, whose first weight is row {@code first} of the projection. */
    private void project(NDArray gradients, long first, NDArray projected, NDManager space) {
        long size = gradients.getShape().get(1);
        long most = Math.max(1, SIGNS / signs.columns());
        for (long from = 0; from < size; from += most) {
            pause.run();
            long to = Math.min(size, from + most);
            try (var inner = space.newSubManager()) {
                var some = gradients.get(new NDIndex(":, {}:{}", from, to));
                some.attach(inner);
                projected.addi(some.matMul(signs.rows(first + from, to - from, inner)));
            }
        }
    }
}
