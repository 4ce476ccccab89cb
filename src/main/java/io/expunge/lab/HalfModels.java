package io.expunge.lab;

import io.expunge.engine.Ensemble;
import io.expunge.engine.Examples;
import io.expunge.engine.Mlp;
import io.expunge.engine.Monitor;
import io.expunge.engine.Recipe;
import io.expunge.engine.Seeds;
import io.expunge.influence.HalfDraw;
import io.expunge.metric.Outputs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Models of one recipe, each trained on a random half of the examples, many at a time. */
record HalfModels(Mlp mlp, Recipe recipe, Examples train, Examples points) {

    /** Trained side by side. */
    static final int SIDE_BY_SIDE = 250;

    /**
     * Some models.
     *
     * @param parts for each what it learned from
     * @param margins models × points
     */
    record Batch(int[][] parts, float[][] margins) {}

    /** A half of the rows, in their order; the same seed draws the same. */
    int[] half(long seed) {
        return HalfDraw.rows(train.size(), seed);
    }

    /** Halves under seeds that follow from one. */
    int[][] halves(int count, long seed) {
        var parts = new int[count][];
        Arrays.setAll(parts, m -> half(Seeds.derive(seed, m)));
        return parts;
    }

    /** Trains {@code count} models on the given parts, a chunk at a time, and gives each chunk away. */
    void train(int[][] parts, long seed, Taken taken) {
        for (int from = 0; from < parts.length; from += SIDE_BY_SIDE) {
            int to = Math.min(parts.length, from + SIDE_BY_SIDE);
            var some = Arrays.copyOfRange(parts, from, to);
            try (var ensemble = Ensemble.train(mlp, recipe, train, some, seeds(seed, from, to), Monitor.NONE)) {
                taken.take(new Batch(some, margins(ensemble.logits(points))), to);
            }
        }
    }

    /** As above, with all that the models say of the points. */
    void logits(int[][] parts, long seed, Said said) {
        for (int from = 0; from < parts.length; from += SIDE_BY_SIDE) {
            int to = Math.min(parts.length, from + SIDE_BY_SIDE);
            var some = Arrays.copyOfRange(parts, from, to);
            try (var ensemble = Ensemble.train(mlp, recipe, train, some, seeds(seed, from, to), Monitor.NONE)) {
                said.take(some, ensemble.logits(points), to);
            }
        }
    }

    /** Told how many models there are. */
    @FunctionalInterface
    interface Told {
        void done(int models);
    }

    /** Takes what a chunk of models says, models × points × classes. */
    @FunctionalInterface
    interface Said {
        void take(int[][] parts, float[][][] logits, int done);
    }

    /** Takes a chunk of models. */
    @FunctionalInterface
    interface Taken {
        void take(Batch batch, int done);
    }

    /** All margins of models on the given parts, models × points. */
    float[][] margins(int[][] parts, long seed, Taken progress) {
        List<float[]> all = new ArrayList<>();
        train(parts, seed, (batch, done) -> {
            all.addAll(Arrays.asList(batch.margins()));
            progress.take(batch, done);
        });
        return all.toArray(float[][]::new);
    }

    static long[] seeds(long seed, int from, int to) {
        var seeds = new long[to - from];
        Arrays.setAll(seeds, i -> Seeds.derive(seed, from + i));
        return seeds;
    }

    private float[][] margins(float[][][] logits) {
        var margins = new float[logits.length][points.size()];
        for (int m = 0; m < logits.length; m++) {
            var own = new Outputs(logits[m], points.labels()).margins();
            for (int x = 0; x < own.length; x++) {
                margins[m][x] = (float) own[x];
            }
        }
        return margins;
    }
}
