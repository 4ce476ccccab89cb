package io.expunge.lab;

import io.expunge.engine.Recipe;
import io.expunge.method.FineTuning;
import io.expunge.method.GradientAscent;
import io.expunge.method.L1Sparse;
import io.expunge.method.NegativeGradientPlus;
import io.expunge.method.NetworkMethod;
import io.expunge.method.RandomLabels;
import io.expunge.method.Schedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/** Six settings of each approximate method, none dearer than the budget of passes over the retain set. */
final class Candidates {

    static final int EACH = 6;

    private final Recipe recipe;
    private final int budget;
    private final long seed;

    Candidates(Recipe recipe, int budget, long seed) {
        this.recipe = recipe;
        this.budget = budget;
        this.seed = seed;
    }

    /** By row of the table. */
    Map<String, List<NetworkMethod>> all() {
        var all = new LinkedHashMap<String, List<NetworkMethod>>();
        all.put("ft", fineTuning());
        all.put("ga", ascent());
        all.put(
                "neggrad",
                List.of(
                        new NegativeGradientPlus(0.8, passes(budget / 2, 0.02)),
                        new NegativeGradientPlus(0.9, passes(budget / 2, 0.02)),
                        new NegativeGradientPlus(0.97, passes(budget / 2, 0.02)),
                        new NegativeGradientPlus(0.9, passes(budget / 2, 0.05)),
                        new NegativeGradientPlus(0.97, passes(budget / 2, 0.05)),
                        new NegativeGradientPlus(0.99, passes(budget / 2, 0.05))));
        all.put(
                "random-labels",
                rates(0.001, 0.003, 0.01, 0.03, 0.06, 0.1)
                        .<NetworkMethod>mapToObj(rate -> new RandomLabels(passes(budget / 2, rate)))
                        .toList());
        all.put(
                "l1-sparse",
                List.of(
                        sparse(1e-4, 0.05),
                        sparse(2e-4, 0.05),
                        sparse(5e-4, 0.05),
                        sparse(2e-3, 0.05),
                        sparse(1e-3, 0.1),
                        sparse(2e-3, 0.1)));
        return all;
    }

    /** The inner methods of the rows that prune first. */
    Map<String, List<NetworkMethod>> pruned() {
        var all = new LinkedHashMap<String, List<NetworkMethod>>();
        all.put("pruned-ft", fineTuning());
        all.put("pruned-ga", ascent());
        return all;
    }

    private List<NetworkMethod> fineTuning() {
        return rates(0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
                .<NetworkMethod>mapToObj(rate -> new FineTuning(passes(budget, rate)))
                .toList();
    }

    /** Penalised in the first half of the passes. */
    private NetworkMethod sparse(double penalty, double learningRate) {
        return new L1Sparse(penalty, budget / 2, passes(budget, learningRate));
    }

    private List<NetworkMethod> ascent() {
        return rates(1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2)
                .<NetworkMethod>mapToObj(rate -> new GradientAscent(passes(1, rate)))
                .toList();
    }

    private static DoubleStream rates(double... rates) {
        return DoubleStream.of(rates);
    }

    private Schedule passes(int epochs, double learningRate) {
        return new Schedule(epochs, recipe.batchSize(), learningRate, recipe.momentum(), recipe.weightDecay(), seed);
    }
}
