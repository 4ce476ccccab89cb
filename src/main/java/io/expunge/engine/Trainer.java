package io.expunge.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Plain supervised training. */
public final class Trainer {

    private Trainer() {}

    /** Trains fresh weights on {@code examples}; bit for bit the same for the same arguments. */
    public static Network train(
            NetworkArchitecture architecture, Recipe recipe, Examples examples, long seed, Monitor monitor) {
        return train(architecture, recipe, examples, seed, monitor, Optional.empty());
    }

    /**
     * Trains as above and keeps the weights of an early epoch, from which pruning methods begin again.
     *
     * @param rewind where to write the weights after {@link #rewindEpochs} epochs; empty to keep none
     */
    public static Network train(
            NetworkArchitecture architecture,
            Recipe recipe,
            Examples examples,
            long seed,
            Monitor monitor,
            Optional<Path> rewind) {
        var network = Network.initialise(architecture, seed);
        try {
            var watch = rewind.<Monitor>map(file -> new RewindKeeper(monitor, network, file, recipe, examples.size()))
                    .orElse(monitor);
            new Session(watch)
                    .descend(
                            network,
                            new Descent(
                                    "training",
                                    recipe,
                                    Seeds.derive(seed, -1),
                                    List.of(examples),
                                    Objective::crossEntropy));
            return network;
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    /** A twentieth of the training, at least one epoch: 8 of 182 in Jia et al. 2023. */
    public static int rewindEpochs(Recipe recipe) {
        return Math.max(1, recipe.epochs() / 20);
    }

    private record RewindKeeper(Monitor monitor, Network network, Path file, Recipe recipe, int size)
            implements Monitor {

        @Override
        public void progress(String stage, long done, long total, double loss) {
            monitor.progress(stage, done, total, loss);
            if (done == (long) Math.ceilDiv(size, recipe.batchSize()) * rewindEpochs(recipe)) {
                network.save(file);
            }
        }

        @Override
        public boolean stopRequested() {
            return monitor.stopRequested();
        }

        @Override
        public Optional<Path> resumeFrom() {
            return monitor.resumeFrom();
        }

        @Override
        public void checkpoint(long step, CheckpointWriter writer) {
            monitor.checkpoint(step, writer);
        }

        @Override
        public void lastCheckpoint(long step, CheckpointWriter writer) {
            monitor.lastCheckpoint(step, writer);
        }
    }
}
