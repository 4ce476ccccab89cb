package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/** Moves a score for every weight of some matrices; the model holds the weights with the lowest |score| set to 0. */
final class SubnetTraining implements Stretch {

    /** A matrix: its weights as they were, the scores and their velocity. */
    private record Matrix(NDArray original, NDArray scores, NDArray velocity, long dropped) {}

    private final LanguageModel model;
    private final SubnetDescent descent;
    private final SequenceOrder forget;
    private final SequenceOrder keep;
    private final Map<String, Matrix> matrices = new LinkedHashMap<>();

    SubnetTraining(LanguageModel model, SubnetDescent descent) {
        this.model = model;
        this.descent = descent;
        for (var source : new Sequences[] {descent.forget(), descent.keep()}) {
            source.checkFit(model.decoder().positions(), model.decoder().vocabulary());
        }
        int batch = descent.recipe().batchSize();
        this.forget = SequenceOrder.of(descent.forget(), batch, Seeds.derive(descent.seed(), 0));
        this.keep = SequenceOrder.of(descent.keep(), batch, Seeds.derive(descent.seed(), 1));
        int index = 2;
        for (var layer : DecoderLayers.named(model.decoder(), descent.layers())) {
            matrices.put(layer.name() + ".weight", matrix(layer, Seeds.derive(descent.seed(), index++)));
        }
        matrices.keySet().forEach(this::masked);
    }

    private Matrix matrix(LinearLayer layer, long seed) {
        var manager = model.parameters().manager();
        var original = model.parameters().value(layer.name() + ".weight").duplicate();
        original.attach(manager);
        // Kaiming's uniform draw with a = √5, as PyTorch's linear layers have it
        double bound = 1 / Math.sqrt(layer.in());
        var random = new SplittableRandom(seed);
        var scores = new float[Math.multiplyExact(layer.in(), layer.out())];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (float) (bound * (2 * random.nextDouble() - 1));
        }
        var shape = original.getShape();
        return new Matrix(original, manager.create(scores, shape), manager.zeros(new Shape(shape.getShape())), (long)
                (descent.droppedShare() * scores.length));
    }

    private void masked(String name) {
        var matrix = Objects.requireNonNull(matrices.get(name));
        try (var scratch = model.parameters().manager().newSubManager()) {
            Kernels.shared()
                    .call(
                            "subnet_mask",
                            scratch,
                            new NDList(
                                    model.parameters().value(name),
                                    matrix.original,
                                    matrix.scores,
                                    scratch.create(matrix.dropped)));
        }
    }

    @Override
    public String label() {
        return "BalancedSubnet";
    }

    @Override
    public int epochs() {
        return descent.recipe().epochs();
    }

    @Override
    public int stepsPerEpoch() {
        return forget.perEpoch();
    }

    @Override
    public int examples(long step) {
        return forget.at(step).length + keep.at(step).length;
    }

    @Override
    public long tokens(long step) {
        return descent.forget().subset(forget.at(step)).tokens()
                + descent.keep().subset(keep.at(step)).tokens();
    }

    /** Part 0 is of what is to be lost, part 1 of what stays. */
    @Override
    public int parts(long step) {
        return 2;
    }

    @Override
    public NDArray loss(long step, int part) {
        var space = model.parameters().scratch();
        var rows = part == 0 ? forget.at(step) : keep.at(step);
        var source = part == 0 ? descent.forget() : descent.keep();
        int targets = java.util.Arrays.stream(rows)
                .map(row -> source.get(row).answerLength())
                .sum();
        model.beginPlain();
        var batch = new SequenceBatch(space, model.decoder(), source, rows, rows.length, targets, new HashMap<>());
        return Numbers.times(
                model.crossEntropy(batch), part == 0 ? -descent.forgetWeight() : 1 - descent.forgetWeight());
    }

    @Override
    public void back(GradientCollector collector) {}

    @Override
    public void move(NDManager scratch, Map<String, NDArray> gradients, long step, long total) {
        var recipe = descent.recipe();
        double rate = recipe.learningRate() * recipe.schedule().share(step, total);
        matrices.forEach((name, matrix) -> {
            Kernels.shared()
                    .call(
                            "subnet_step",
                            scratch,
                            new NDList(
                                    matrix.scores,
                                    matrix.velocity,
                                    Objects.requireNonNull(gradients.get(name)),
                                    matrix.original,
                                    scratch.create(rate),
                                    scratch.create(recipe.momentum()),
                                    scratch.create(recipe.weightDecay())));
            masked(name);
        });
        clear(scratch, gradients.values());
    }

    private static void clear(NDManager scratch, Collection<NDArray> gradients) {
        var arguments = new NDList();
        Kernels.addList(arguments, "g", gradients);
        Kernels.shared().call("clear", scratch, arguments);
    }

    @Override
    public Map<String, NDArray> state() {
        Map<String, NDArray> state = new LinkedHashMap<>();
        matrices.forEach((name, matrix) -> {
            state.put("original:" + name, matrix.original);
            state.put("scores:" + name, matrix.scores);
            state.put("velocity:" + name, matrix.velocity);
        });
        return state;
    }

    @Override
    public void close() {
        model.end();
        state().values().forEach(NDArray::close);
    }
}
