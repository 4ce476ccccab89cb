package io.expunge.engine;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One piece of numeric work that may be stopped after any optimiser step and resumed in another process, with the same
 * bytes at its end. It is a row of descents; one that a checkpoint lies behind is skipped when the work is done again.
 */
public final class Session {

    private static final String PHASE = "phase";
    private static final String STEP = "step";
    private static final String WEIGHT = "weight:";
    private static final String VELOCITY = "velocity:";

    private final Monitor monitor;
    private final Optional<Safetensors.Contents> resumed;
    private int phase;
    private long examplesSeen;

    /** @throws ModelRefused if the checkpoint to resume from is not one */
    public Session(Monitor monitor) {
        this.monitor = monitor;
        this.resumed = monitor.resumeFrom().map(Safetensors::read);
    }

    /** How many examples gradients were computed for, in this process. */
    public long examplesSeen() {
        return examplesSeen;
    }

    /**
     * Moves the weights of {@code network}.
     *
     * @throws Stopped if the monitor asks for it, after a last checkpoint
     * @throws Diverged if the loss is no longer a finite number; checkpoints hold what was before
     */
    public void descend(Network network, Descent descent) {
        int mine = phase++;
        long from = resumed.map(contents -> from(contents, mine)).orElse(0L);
        if (from == Long.MAX_VALUE) {
            return;
        }
        Lane.hold(() -> {
            try (var work = new Work(network, descent, mine)) {
                if (from >= 0 && resumed.isPresent() && number(resumed.get(), PHASE) == mine) {
                    work.restore(resumed.get());
                }
                work.run(from);
            }
            return phase;
        });
    }

    /** The step to begin at; the largest number where the checkpoint lies behind the whole descent. */
    private static long from(Safetensors.Contents checkpoint, int phase) {
        long reached = number(checkpoint, PHASE);
        if (reached == phase) {
            return number(checkpoint, STEP);
        }
        return reached > phase ? Long.MAX_VALUE : 0;
    }

    private static long number(Safetensors.Contents checkpoint, String key) {
        try {
            return Long.parseLong(checkpoint.metadata().getOrDefault(key, "?"));
        } catch (NumberFormatException e) {
            throw new ModelRefused("the checkpoint has no " + key);
        }
    }

    private final class Work implements AutoCloseable {

        private final Network network;
        private final Descent descent;
        private final int phase;
        private final List<Batches> batches = new ArrayList<>();
        private final Sgd optimiser;
        private final Map<String, NDArray> masks = new LinkedHashMap<>();
        private final Map<String, NDArray> gradients = new LinkedHashMap<>();

        Work(Network network, Descent descent, int phase) {
            this.network = network;
            this.descent = descent;
            this.phase = phase;
            var recipe = descent.recipe();
            for (int i = 0; i < descent.sources().size(); i++) {
                batches.add(new Batches(
                        network,
                        network.manager().newSubManager(),
                        descent.sources().get(i),
                        recipe,
                        Seeds.derive(descent.seed(), i)));
            }
            this.optimiser = new Sgd(network.manager(), network.trained(), recipe.momentum(), recipe.weightDecay());
            network.trained().forEach((name, value) -> {
                var mask = descent.masks().get(name);
                if (mask != null) {
                    masks.put(name, network.manager().create(mask, value.getShape()));
                }
            });
        }

        void run(long from) {
            int perEpoch = batches.getFirst().perEpoch();
            int epochs = descent.recipe().epochs();
            long total = (long) perEpoch * epochs;
            for (long step = from; step < total; step++) {
                long next = step;
                if (monitor.stopRequested()) {
                    monitor.lastCheckpoint(next, file -> write(file, next));
                    throw new Stopped(next);
                }
                int epoch = Math.toIntExact(step / perEpoch);
                double loss = step(step, total, epoch);
                if (!Double.isFinite(loss)) {
                    throw new Diverged(descent.label() + ": the loss is no longer a finite number at step " + step);
                }
                monitor.progress(descent.label() + ", epoch " + (epoch + 1) + " of " + epochs, step + 1, total, loss);
                monitor.checkpoint(step + 1, file -> write(file, next + 1));
            }
        }

        private double step(long step, long total, int epoch) {
            var scratch = network.openStep();
            try {
                double loss;
                try (var collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                    var drawn = new ArrayList<Batch>();
                    for (var source : batches) {
                        var batch = source.at(step);
                        examplesSeen += batch.size();
                        drawn.add(batch);
                    }
                    var value = descent.objective().loss(network, drawn);
                    loss = value.getFloat();
                    if (!Double.isFinite(loss)) {
                        return loss;
                    }
                    collector.backward(value);
                }
                if (gradients.isEmpty()) {
                    // every call hands out a new handle on the same storage, so they are asked for once
                    network.leaves().forEach((name, leaf) -> gradients.put(name, leaf.getGradient()));
                }
                optimiser.step(
                        scratch,
                        network.trained(),
                        gradients,
                        masks,
                        descent.recipe().learningRate()
                                * descent.recipe().schedule().share(step, total),
                        descent.penalty().applyAsDouble(epoch));
                return loss;
            } finally {
                network.closeStep();
            }
        }

        private void write(Path file, long step) {
            var tensors = network.tensors(WEIGHT);
            for (var entry : tensors.entrySet()) {
                for (float value : entry.getValue().values()) {
                    if (!Float.isFinite(value)) {
                        throw new Diverged("tensor " + entry.getKey().substring(WEIGHT.length())
                                + " holds a value that is not a finite number");
                    }
                }
            }
            optimiser
                    .velocity()
                    .forEach((name, value) -> tensors.put(
                            VELOCITY + name,
                            new Safetensors.Tensor(value.getShape().getShape(), value.toFloatArray())));
            descent.masks()
                    .forEach((name, mask) ->
                            tensors.put("mask:" + name, new Safetensors.Tensor(new long[] {mask.length}, mask)));
            Safetensors.write(file, tensors, Map.of(PHASE, Integer.toString(phase), STEP, Long.toString(step)));
        }

        void restore(Safetensors.Contents checkpoint) {
            Map<String, float[]> weights = new LinkedHashMap<>();
            network.tensors("").keySet().forEach(name -> weights.put(name, values(checkpoint, WEIGHT + name)));
            network.restore(weights);
            optimiser.velocity().forEach((name, value) -> Kernels.assign(value, values(checkpoint, VELOCITY + name)));
            masks.forEach((name, mask) -> Kernels.assign(mask, values(checkpoint, "mask:" + name)));
            // masks that the work computed from weights it had not yet restored
            descent.masks().forEach((name, mask) -> {
                var kept = values(checkpoint, "mask:" + name);
                System.arraycopy(kept, 0, mask, 0, mask.length);
            });
        }

        private static float[] values(Safetensors.Contents checkpoint, String name) {
            var tensor = checkpoint.tensors().get(name);
            if (tensor == null) {
                throw new ModelRefused("the checkpoint lacks " + name);
            }
            return tensor.values();
        }

        @Override
        public void close() {
            batches.forEach(Batches::close);
            optimiser.velocity().values().forEach(NDArray::close);
            masks.values().forEach(NDArray::close);
            gradients.values().forEach(NDArray::close);
        }
    }
}
