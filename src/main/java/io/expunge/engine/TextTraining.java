package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A descent of a language model. */
final class TextTraining implements Stretch {

    private final LanguageModel model;
    private final Parameters parameters;
    private final TextDescent descent;
    private final List<SequenceOrder> orders = new ArrayList<>();
    private final Map<String, Double> terms = new TreeMap<>();
    private final Update optimiser;

    /** @param parameters what is moved: the model's own, or those of its adapters */
    TextTraining(LanguageModel model, Parameters parameters, TextDescent descent) {
        this.model = model;
        this.parameters = parameters;
        this.descent = descent;
        var recipe = descent.recipe();
        for (int i = 0; i < descent.sources().size(); i++) {
            var source = descent.sources().get(i).sequences();
            source.checkFit(model.decoder().positions(), model.decoder().vocabulary());
            orders.add(SequenceOrder.of(source, recipe.batchSize(), Seeds.derive(descent.seed(), i)));
        }
        this.optimiser = Update.of(recipe, parameters.manager(), parameters.trained());
    }

    @Override
    public String label() {
        return descent.label();
    }

    @Override
    public int epochs() {
        return descent.recipe().epochs();
    }

    @Override
    public int stepsPerEpoch() {
        return orders.getFirst().perEpoch();
    }

    @Override
    public int examples(long step) {
        return IntStream.range(0, orders.size()).map(i -> rows(i, step).length).sum();
    }

    @Override
    public long tokens(long step) {
        return IntStream.range(0, orders.size())
                .mapToLong(i -> descent.sources()
                        .get(i)
                        .sequences()
                        .subset(rows(i, step))
                        .tokens())
                .sum();
    }

    @Override
    public Map<String, Double> terms() {
        return Map.copyOf(terms);
    }

    @Override
    public int parts(long step) {
        int fewest = IntStream.range(0, orders.size())
                .map(i -> rows(i, step).length)
                .min()
                .orElseThrow();
        return (int)
                Math.min(fewest, Math.ceilDiv(tokens(step), descent.recipe().partTokens()));
    }

    @Override
    public NDArray loss(long step, int part) {
        int parts = parts(step);
        if (part == 0) {
            terms.clear();
        }
        var space = parameters.scratch();
        model.begin(space, descent.recipe());
        var batches = new ArrayList<SequenceBatch>();
        for (int i = 0; i < orders.size(); i++) {
            var source = descent.sources().get(i).sequences();
            var rows = rows(i, step);
            int from = rows.length * part / parts;
            int to = rows.length * (part + 1) / parts;
            batches.add(new SequenceBatch(
                    space,
                    model.decoder(),
                    source,
                    Arrays.copyOfRange(rows, from, to),
                    rows.length,
                    Arrays.stream(rows)
                            .map(row -> source.get(row).answerLength())
                            .sum(),
                    terms));
        }
        return descent.objective().loss(model, batches);
    }

    @Override
    public void back(GradientCollector collector) {
        model.back(collector);
    }

    private int[] rows(int source, long step) {
        return orders.get(descent.sources().get(source).alongside() ? 0 : source)
                .at(step);
    }

    @Override
    public void move(NDManager scratch, Map<String, NDArray> gradients, long step, long total) {
        optimiser.step(scratch, gradients, descent.recipe().rateAt(step, total));
    }

    @Override
    public Map<String, NDArray> state() {
        return optimiser.state();
    }

    @Override
    public void close() {
        model.end();
        optimiser.state().values().forEach(NDArray::close);
    }
}
