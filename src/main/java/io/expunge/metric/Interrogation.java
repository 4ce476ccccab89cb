package io.expunge.metric;

import io.expunge.engine.Descent;
import io.expunge.engine.Examples;
import io.expunge.engine.Monitor;
import io.expunge.engine.Network;
import io.expunge.engine.Objective;
import io.expunge.engine.Recipe;
import io.expunge.engine.Session;
import io.expunge.engine.Stopped;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Asks networks the same questions; the records that are drawn depend on the seed alone. */
final class Interrogation {

    private static final int MOST_RETAINED = 20_000;
    private static final int MOST_RELEARNED = 512;
    private static final int LEAST_RELEARNED = 4;
    /** Steps after which the relearning network is asked again. */
    private static final int[] STEPS = {1, 2, 4, 8, 16};
    /** Slow enough that a network which never saw the records has not learned them at the last step. */
    private static final double PACE = 0.02;

    private final EvaluationSets sets;
    private final Recipe recipe;
    private final Monitor monitor;
    private final Examples retain;
    private final Examples relearned;
    private final Examples rest;
    private final long seed;

    Interrogation(EvaluationSets sets, Recipe recipe, long seed, Monitor monitor) {
        this.sets = sets;
        this.recipe = recipe;
        this.seed = seed;
        this.monitor = monitor;
        var random = new SplittableRandom(seed);
        this.retain = sample(sets.retain(), MOST_RETAINED, random);
        var half = Rows.sample(Rows.range(sets.forget().size()), sets.forget().size() / 2, random);
        var other = Rows.where(sets.forget().size(), row -> Arrays.binarySearch(half, row) < 0);
        this.relearned = sample(sets.forget().subset(half), MOST_RELEARNED, random);
        this.rest = sample(sets.forget().subset(other), MOST_RELEARNED, random);
    }

    /**
     * Leaves the network as it is.
     *
     * @throws Stopped if the monitor asks for it
     */
    Answers of(Network network) {
        if (monitor.stopRequested()) {
            throw new Stopped(0);
        }
        return new Answers(
                outputs(network, sets.forget()),
                outputs(network, retain),
                outputs(network, sets.test()),
                new Features(network.features(sets.forget())),
                new Features(network.features(sets.test())),
                relearning(network));
    }

    private List<Outputs> relearning(Network network) {
        if (relearned.size() < LEAST_RELEARNED) {
            return List.of();
        }
        var answers = new ArrayList<Outputs>();
        try (var copy = network.copy()) {
            var session = new Session(new Stoppable(monitor));
            int behind = 0;
            for (int step : STEPS) {
                session.descend(
                        copy,
                        new Descent(
                                "relearning", steps(step - behind), seed, List.of(relearned), Objective::crossEntropy));
                behind = step;
                answers.add(outputs(copy, rest));
            }
        }
        return answers;
    }

    /** Every step sees all of the half; the pace follows the training's, momentum counted in. */
    private Recipe steps(int count) {
        double rate = PACE * recipe.learningRate() / (1 - recipe.momentum());
        return new Recipe(count, relearned.size(), rate, 0, 0, Recipe.Schedule.CONSTANT, false);
    }

    private static Outputs outputs(Network network, Examples examples) {
        return new Outputs(network.logits(examples), examples.labels());
    }

    private static Examples sample(Examples examples, int most, SplittableRandom random) {
        return examples.size() <= most
                ? examples
                : examples.subset(Rows.sample(Rows.range(examples.size()), most, random));
    }

    /** Passes on the wish to stop and nothing else: a measurement is begun anew, never resumed. */
    private record Stoppable(Monitor monitor) implements Monitor {
        @Override
        public boolean stopRequested() {
            return monitor.stopRequested();
        }
    }
}
