package io.expunge.lab;

import io.expunge.engine.Examples;
import io.expunge.engine.Monitor;
import io.expunge.engine.Network;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.engine.Recipe;
import io.expunge.engine.Session;
import io.expunge.engine.Trainer;
import io.expunge.method.NetworkMethod;
import io.expunge.method.Task;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * One seed's problem: what to forget of what was learned, and two sets of records that no network ever sees.
 *
 * @param validation on which hyper-parameters may be chosen
 * @param test on which they may not
 */
record Forgetting(
        NetworkArchitecture architecture,
        Recipe recipe,
        Examples forget,
        Examples retain,
        Examples validation,
        Examples test,
        long seed) {

    private static final int VALIDATION_SHARE = 10;

    /** Forgets one whole class; the records never seen have none of it either. */
    static Forgetting ofClass(NetworkArchitecture architecture, Recipe recipe, LabData data, int label, long seed) {
        var held = drawn(data.train().size(), data.train().size() / VALIDATION_SHARE, seed);
        var labels = data.train().labels();
        var testLabels = data.test().labels();
        return new Forgetting(
                architecture,
                recipe,
                rows(data.train(), i -> !held[i] && labels[i] == label),
                rows(data.train(), i -> !held[i] && labels[i] != label),
                rows(data.train(), i -> held[i] && labels[i] != label),
                rows(data.test(), i -> testLabels[i] != label),
                seed);
    }

    /** Forgets a tenth, drawn at random. */
    static Forgetting ofTenth(NetworkArchitecture architecture, Recipe recipe, LabData data, long seed) {
        int size = data.train().size();
        var held = drawn(size, size / VALIDATION_SHARE, seed);
        var chosen = drawn(size, size / 10, seed + 500);
        return new Forgetting(
                architecture,
                recipe,
                rows(data.train(), i -> !held[i] && chosen[i]),
                rows(data.train(), i -> !held[i] && !chosen[i]),
                rows(data.train(), i -> held[i]),
                data.test(),
                seed);
    }

    /** A network that learned everything; the seed differs from those of all retrainings. */
    Network parent() {
        return Trainer.train(architecture, recipe, Examples.concat(retain, forget), 100 * seed, Monitor.NONE);
    }

    /** A network that never saw the forget set. */
    Network retrained(int number) {
        return Trainer.train(architecture, recipe, retain, 100 * seed + 1 + number, Monitor.NONE);
    }

    Task task(Network network, Session session) {
        return new Task(network, forget, retain, recipe, Optional.empty(), session);
    }

    /** Examples that gradients are computed for, per cent of a retraining's. */
    double cost(Session session) {
        return 100.0 * session.examplesSeen() / ((double) retain.size() * recipe.epochs());
    }

    Score scoreOnTest(Network network) {
        return Score.of(network, forget, retain, test, seed);
    }

    Score scoreOnValidation(Network network) {
        return Score.of(network, forget, retain, validation, seed);
    }

    /** Applies the method in place. */
    void edit(Network network, NetworkMethod method, Session session) {
        method.apply(task(network, session));
    }

    private static boolean[] drawn(int size, int count, long seed) {
        var chosen = new boolean[size];
        var random = new SplittableRandom(seed);
        for (int left = count; left > 0; ) {
            int row = random.nextInt(size);
            left -= chosen[row] ? 0 : 1;
            chosen[row] = true;
        }
        return chosen;
    }

    private static Examples rows(Examples examples, IntPredicate wanted) {
        return examples.subset(
                IntStream.range(0, examples.size()).filter(wanted).toArray());
    }
}
