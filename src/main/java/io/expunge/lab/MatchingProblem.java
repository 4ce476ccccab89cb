package io.expunge.lab;

import io.expunge.engine.Ensemble;
import io.expunge.engine.Examples;
import io.expunge.engine.Mlp;
import io.expunge.engine.Monitor;
import io.expunge.engine.Network;
import io.expunge.engine.Recipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Data and network that unlearning is compared on.
 *
 * @param halves models of half the data that datamodels are estimated from
 * @param dimensions of TRAK's projection
 */
record MatchingProblem(Mlp mlp, Recipe recipe, Examples train, Examples test, int halves, int dimensions) {

    private static final int SIDE_BY_SIDE = 50;

    /** @throws LabOptions.Refused if there is no such data set */
    static MatchingProblem of(String dataset, Path data) {
        return switch (dataset) {
            case "optdigits" -> {
                var digits = LabData.optdigits(data);
                yield new MatchingProblem(
                        new Mlp(64, List.of(32), 10), recipe(15), digits.train(), digits.test(), 10_000, 512);
            }
            case "mnist10k" -> {
                var digits = LabData.mnist(data, 784);
                yield new MatchingProblem(
                        new Mlp(784, List.of(32), 10), recipe(10), digits.train(), digits.test(), 2000, 512);
            }
            default ->
                throw new LabOptions.Refused("--dataset must be optdigits or mnist10k but was '" + dataset + "'");
        };
    }

    private static Recipe recipe(int epochs) {
        return new Recipe(epochs, 128, 0.1, 0.9, 5e-4, Recipe.Schedule.COSINE, false);
    }

    /**
     * Trained networks.
     *
     * @param logits of some points, networks × points × classes
     */
    record Trained(List<Map<String, float[]>> weights, float[][][] logits) {}

    /** Trains as many networks as asked for, each on all of {@code rows}. */
    Trained train(int[] rows, Examples points, int count, long seed) {
        List<Map<String, float[]>> weights = new ArrayList<>();
        List<float[][]> logits = new ArrayList<>();
        for (int from = 0; from < count; from += SIDE_BY_SIDE) {
            int to = Math.min(count, from + SIDE_BY_SIDE);
            var parts = new int[to - from][];
            Arrays.fill(parts, rows);
            try (var ensemble =
                    Ensemble.train(mlp, recipe, train, parts, HalfModels.seeds(seed, from, to), Monitor.NONE)) {
                IntStream.range(0, ensemble.members())
                        .mapToObj(ensemble::weights)
                        .forEach(weights::add);
                logits.addAll(Arrays.asList(ensemble.logits(points)));
            }
        }
        return new Trained(weights, logits.toArray(float[][][]::new));
    }

    Network network(Map<String, float[]> weights) {
        var network = Network.initialise(mlp, 0);
        network.restore(weights);
        return network;
    }

    int[] everything() {
        return IntStream.range(0, train.size()).toArray();
    }

    /** How many records gradients are computed for in one retraining without {@code forgotten} records. */
    double retraining(int forgotten) {
        return (double) recipe.epochs() * (train.size() - forgotten);
    }

    /** The mean over networks, points × classes. */
    static float[][] mean(float[][][] logits) {
        var mean = new float[logits[0].length][logits[0][0].length];
        for (var one : logits) {
            for (int i = 0; i < mean.length; i++) {
                for (int c = 0; c < mean[i].length; c++) {
                    mean[i][c] += one[i][c] / logits.length;
                }
            }
        }
        return mean;
    }
}
