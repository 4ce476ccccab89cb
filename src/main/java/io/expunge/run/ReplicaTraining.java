package io.expunge.run;

import io.expunge.catalog.VersionView;
import io.expunge.engine.Ensemble;
import io.expunge.engine.Mlp;
import io.expunge.engine.Network;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.engine.Trainer;
import java.util.List;

/** Trains repetitions of a version, as many side by side as memory bears. */
final class ReplicaTraining {

    private final StageWork work;
    private final NetworkArchitecture architecture;
    private final VersionView parent;
    private final Predictions.Forgetting task;

    ReplicaTraining(StageWork work, NetworkArchitecture architecture, VersionView parent, Predictions.Forgetting task) {
        this.work = work;
        this.architecture = architecture;
        this.parent = parent;
        this.task = task;
    }

    /** What is done with a network, which is closed afterwards. */
    interface Use {
        void of(int number, Network network);
    }

    /** Trains members {@code numbers} of a kind. */
    void train(EnsembleKind kind, List<Integer> numbers, Use use) {
        long seed = work.run().id().getLeastSignificantBits();
        var excluded = kind == EnsembleKind.RETRAINED ? task.forget() : new int[0];
        var plan = new EnsemblePlan(
                architecture,
                parent.trained().ofNetwork(),
                task.learned(),
                new EnsembleParts(kind, seed, task.learned().train().size(), excluded));
        int together = plan.together();
        for (int from = 0; from < numbers.size(); from += together) {
            train(plan, numbers.subList(from, Math.min(from + together, numbers.size())), use);
        }
    }

    private void train(EnsemblePlan plan, List<Integer> numbers, Use use) {
        var monitor = new QuietMonitor(work.monitor("replicas-" + plan.parts().kind() + "-" + numbers.getFirst() + "-"
                + numbers.size() + "-" + parent.id()));
        var examples = plan.learned().train();
        if (numbers.size() == 1) {
            int number = numbers.getFirst();
            var rows = examples.subset(plan.parts().rows(number));
            try (var network = Trainer.train(
                    architecture, plan.recipe(), rows, plan.parts().seed(number), monitor)) {
                use.of(number, network);
            }
        } else {
            var rows = numbers.stream().map(plan.parts()::rows).toArray(int[][]::new);
            var seeds = numbers.stream().mapToLong(plan.parts()::seed).toArray();
            try (var trained = Ensemble.train((Mlp) architecture, plan.recipe(), examples, rows, seeds, monitor);
                    var network = Network.initialise(architecture, 0)) {
                for (int i = 0; i < numbers.size(); i++) {
                    network.restore(trained.weights(i));
                    use.of(numbers.get(i), network);
                }
            }
        }
        monitor.discard();
    }
}
