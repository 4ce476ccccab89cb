package io.expunge.lab;

import io.expunge.engine.Examples;
import io.expunge.engine.Mlp;
import io.expunge.engine.Monitor;
import io.expunge.engine.Network;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.engine.Recipe;
import io.expunge.engine.ResNet9;
import io.expunge.engine.Seeds;
import io.expunge.engine.SmallCnn;
import io.expunge.engine.Trainer;
import io.expunge.influence.TrakRemoval;
import io.expunge.metric.Outputs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * What TRAK foretells of kinds of networks when records leave, against networks retrained without them: optdigits as 8 × 8
 * pictures, two forget sets.
 */
public final class RemovalExperiment implements Experiment {

    private static final int DIGIT = 3;
    private static final int DIMENSIONS = 512;
    private static final List<String> SETS = List.of("random", "one-digit");

    /**
     * How much is measured.
     *
     * @param examples of the training
     * @param networks that are trained with and as many without each set
     * @param explained of them by TRAK; the prediction is their mean
     * @param kinds of networks, for pictures of 8 × 8 or 64 numbers
     */
    record Size(int examples, int networks, int explained, List<NetworkArchitecture> kinds) {}

    static final Mlp PERCEPTRON = new Mlp(64, List.of(32), 10);
    static final SmallCnn CONVOLUTIONS = new SmallCnn(1, 8, 8, 10);

    private final Size size;

    RemovalExperiment(Size size) {
        this.size = size;
    }

    /** What the documentation quotes. */
    public static RemovalExperiment measured() {
        return new RemovalExperiment(new Size(600, 6, 2, List.of(PERCEPTRON, CONVOLUTIONS, new ResNet9(1, 8, 8, 10))));
    }

    @Override
    public String name() {
        return "removal";
    }

    private record Kind(NetworkArchitecture architecture, Recipe recipe) {

        static Kind of(NetworkArchitecture architecture) {
            return new Kind(
                    architecture,
                    new Recipe(
                            architecture instanceof ResNet9 ? 8 : 15,
                            64,
                            architecture instanceof Mlp ? 0.1 : 0.05,
                            0.9,
                            5e-4,
                            Recipe.Schedule.COSINE,
                            false));
        }
    }

    @Override
    public void run(Path data, int seeds, LabOptions options, Report report) {
        var kinds = size.kinds().stream().map(Kind::of).toList();
        var found = new LinkedHashMap<String, List<Double>>();
        for (int s = 0; s < seeds; s++) {
            for (var kind : kinds) {
                long seed = Seeds.derive(88_000, s);
                var digits = LabData.optdigits(data, kind.architecture().inputShape())
                        .train();
                var train = digits.subset(drawn(digits.size(), seed));
                measure(kind, train, seed)
                        .forEach((key, value) -> found.computeIfAbsent(key, name -> new ArrayList<>())
                                .add(value));
                report.line(kind.architecture().name() + " " + (s + 1) + " of " + seeds);
            }
        }
        print(found, report);
    }

    private int[] drawn(int all, long seed) {
        return new SplittableRandom(seed)
                .ints(0, all)
                .distinct()
                .limit(size.examples())
                .toArray();
    }

    private Map<String, Double> measure(Kind kind, Examples train, long seed) {
        var sets = new int[][] {
            IntStream.range(0, size.examples() / 20).toArray(),
            IntStream.range(0, size.examples())
                    .filter(i -> train.labels()[i] == DIGIT)
                    .limit(size.examples() / 15)
                    .toArray()
        };
        var removal = TrakRemoval.recommended(
                kind.architecture(), kind.recipe().weightDecay(), train, train, DIMENSIONS, sets);
        var before = new float[size.networks()][][];
        double training = 0;
        double explaining = 0;
        for (int m = 0; m < size.networks(); m++) {
            long begun = System.nanoTime();
            try (var network = trained(kind, train, Seeds.derive(seed, m))) {
                training += (System.nanoTime() - begun) / 1e9 / size.networks();
                before[m] = network.logits(train);
                begun = System.nanoTime();
                if (m < size.explained()) {
                    removal.add(network.weights(), before[m], m);
                    explaining += (System.nanoTime() - begun) / 1e9 / size.explained();
                }
            }
        }
        var name = kind.architecture().name() + ".";
        var found = new LinkedHashMap<String, Double>();
        found.put(name + "training.seconds", training);
        found.put(name + "trak.seconds", explaining);
        for (int f = 0; f < sets.length; f++) {
            var rows = sets[f];
            var staying = train.subset(IntStream.range(0, size.examples())
                    .filter(i -> Arrays.binarySearch(rows, i) < 0)
                    .toArray());
            var after = new float[size.networks()][][];
            for (int m = 0; m < size.networks(); m++) {
                try (var network = trained(kind, staying, Seeds.derive(seed, 1_000L * (f + 1) + m))) {
                    after[m] = network.logits(train);
                }
            }
            explained(
                    name + SETS.get(f),
                    means(before, train),
                    means(after, train),
                    means(moved(before, removal.shift(0, f)), train),
                    rows,
                    found);
        }
        return found;
    }

    private static Network trained(Kind kind, Examples examples, long seed) {
        return Trainer.train(kind.architecture(), kind.recipe(), examples, seed, Monitor.NONE);
    }

    private static float[][][] moved(float[][][] networks, float[][] shift) {
        var moved = new float[networks.length][shift.length][];
        for (int m = 0; m < moved.length; m++) {
            for (int i = 0; i < shift.length; i++) {
                moved[m][i] = networks[m][i].clone();
                for (int c = 0; c < shift[i].length; c++) {
                    moved[m][i][c] += shift[i][c];
                }
            }
        }
        return moved;
    }

    /** As {@link io.expunge.metric.Divergence.Prediction} counts it: over mean margins. */
    private static void explained(
            String name, double[] start, double[] goal, double[] foretold, int[] rows, Map<String, Double> found) {
        double way = 0;
        double left = 0;
        for (int x : rows) {
            way += (goal[x] - start[x]) * (goal[x] - start[x]);
            left += (goal[x] - foretold[x]) * (goal[x] - foretold[x]);
        }
        found.put(name + ".moved", Math.sqrt(way / rows.length));
        found.put(name + ".explained", 1 - left / way);
    }

    private static double[] means(float[][][] networks, Examples examples) {
        var means = new double[examples.size()];
        for (var logits : networks) {
            var margins = new Outputs(logits, examples.labels()).margins();
            for (int x = 0; x < means.length; x++) {
                means[x] += margins[x] / networks.length;
            }
        }
        return means;
    }

    private static void print(Map<String, List<Double>> found, Report report) {
        found.forEach((key, values) -> {
            double mean =
                    values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
            report.figure(key, mean);
            report.line(String.format(
                    Locale.ROOT,
                    "%-28s %8.3f   (%s)",
                    key,
                    mean,
                    String.join(
                            ", ",
                            values.stream()
                                    .map(value -> String.format(Locale.ROOT, "%.3f", value))
                                    .toList())));
        });
    }
}
