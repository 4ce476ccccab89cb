package io.expunge.lab;

import io.expunge.engine.Descent;
import io.expunge.engine.Monitor;
import io.expunge.engine.Network;
import io.expunge.engine.Objective;
import io.expunge.engine.Session;
import io.expunge.method.FineTuning;
import io.expunge.method.NetworkMethod;
import io.expunge.method.PruneThenUnlearn;
import io.expunge.method.Schedule;
import java.util.List;
import java.util.Map;

/** A parent at 95 per cent sparsity, trained under its mask as long as the dense one, and what it is compared with. */
record Pruned(Forgetting problem, Network network, Map<String, float[]> masks) implements AutoCloseable {

    private static final double SPARSITY = 0.95;

    static Pruned of(Forgetting problem, Network parent) {
        var network = parent.copy();
        var inner = new FineTuning(new Schedule(1, problem.recipe().batchSize(), 1, 0, 0, problem.seed()));
        var masks = method(problem, inner).prune(problem.task(network, new Session(Monitor.NONE)));
        return new Pruned(problem, network, masks);
    }

    private static PruneThenUnlearn method(Forgetting problem, NetworkMethod inner) {
        return new PruneThenUnlearn(SPARSITY, problem.recipe().epochs(), inner);
    }

    /** Applies the inner method in place, under the mask. */
    void edit(Network copy, NetworkMethod inner, Session session) {
        method(problem, inner).unlearn(problem.task(copy, session), masks);
    }

    /** Fresh weights trained on the retain set under the same mask: the paper's reference for pruned models. */
    Network retrained() {
        var fresh = Network.initialise(problem.architecture(), 100 * problem.seed() + 3);
        fresh.restore(PruneThenUnlearn.masked(fresh.weights(), masks));
        new Session(Monitor.NONE)
                .descend(
                        fresh,
                        new Descent(
                                        "retraining the pruned network",
                                        problem.recipe(),
                                        100 * problem.seed() + 3,
                                        List.of(problem.retain()),
                                        Objective::crossEntropy)
                                .masked(masks));
        return fresh;
    }

    @Override
    public void close() {
        network.close();
    }
}
