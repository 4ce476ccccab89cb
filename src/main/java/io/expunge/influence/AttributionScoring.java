package io.expunge.influence;

import io.expunge.engine.Examples;
import io.expunge.metric.LinearDatamodelingScore;
import io.expunge.metric.Outputs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Scores the ridge regression on memberships, network by network: the first are held out, of the others only sums are kept. */
public final class AttributionScoring implements AutoCloseable {

    /** With fewer networks a score says nothing. */
    public static final int FEWEST = 100;

    /** One in so many is held out. */
    private static final int HELD_OUT = 10;

    private static final int MOST_HELD_OUT = 500;
    private static final int MOST_POINTS = 200;
    private static final int CHUNK = 250;

    private final Datamodels datamodels;
    private final Examples points;
    private final int[] places;
    private final int heldOut;
    private final List<int[]> heldParts = new ArrayList<>();
    private final List<double[]> heldMargins = new ArrayList<>();
    private final List<int[]> parts = new ArrayList<>();
    private final List<float[]> margins = new ArrayList<>();

    /**
     * Begins with no network.
     *
     * @param examples of the training
     * @param tests of which some are points, at least one
     * @param networks that will be added, at least {@value #FEWEST}
     */
    public AttributionScoring(int examples, Examples tests, int networks) {
        if (networks < FEWEST) {
            throw new IllegalArgumentException("there must be at least " + FEWEST + " networks, not " + networks);
        }
        int count = Math.min(MOST_POINTS, tests.size());
        this.places = IntStream.range(0, count)
                .map(i -> Math.toIntExact((long) i * tests.size() / count))
                .toArray();
        this.points = tests.subset(places);
        this.heldOut = Math.min(MOST_HELD_OUT, networks / HELD_OUT);
        this.datamodels = new Datamodels(examples, count);
    }

    /**
     * Adds a network.
     *
     * @param part examples that it learned from
     * @param logits of all tests
     */
    public void add(int[] part, float[][] logits) {
        var some = Arrays.stream(places).mapToObj(place -> logits[place]).toArray(float[][]::new);
        var own = new Outputs(some, points.labels()).margins();
        if (heldParts.size() < heldOut) {
            heldParts.add(part);
            heldMargins.add(own);
            return;
        }
        parts.add(part);
        var floats = new float[own.length];
        for (int x = 0; x < floats.length; x++) {
            floats[x] = (float) own[x];
        }
        margins.add(floats);
        if (parts.size() == CHUNK) {
            flush();
        }
    }

    private void flush() {
        datamodels.add(parts.toArray(int[][]::new), margins.toArray(float[][]::new));
        parts.clear();
        margins.clear();
    }

    /**
     * What came of it.
     *
     * @param share the regression's λ in multiples of the mean variance of a membership
     * @param seed of the interval
     */
    public Attribution score(double share, long seed) {
        flush();
        var predicted = Datamodels.predicted(datamodels.ridge(share), heldParts.toArray(int[][]::new));
        var scores = LinearDatamodelingScore.of(predicted, heldMargins.toArray(double[][]::new));
        var interval = LinearDatamodelingScore.interval(scores, seed);
        return new Attribution(
                datamodels.models(),
                heldParts.size(),
                places.length,
                Arrays.stream(scores).average().orElseThrow(),
                interval.low(),
                interval.high());
    }

    @Override
    public void close() {
        datamodels.close();
    }
}
