package io.expunge.engine;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * One piece of numeric work that may be stopped after any optimiser step and resumed in another process, with the same
 * bytes at its end. It is a row of stretches; one that a checkpoint lies behind is skipped when the work is done again.
 */
public final class Session {

    private static final String PHASE = "phase";
    private static final String STEP = "step";
    private static final String WEIGHT = "weight:";
    private static final String FIXED = "fixed:";

    private final Monitor monitor;
    private final Optional<SafetensorsFile> resumed;
    private final LongAdder examples;
    private int phase;

    /** @throws ModelRefused if the checkpoint to resume from is not one */
    public Session(Monitor monitor) {
        this(monitor, monitor.resumeFrom().map(SafetensorsFile::open), new LongAdder());
    }

    private Session(Monitor monitor, Optional<SafetensorsFile> resumed, LongAdder examples) {
        this.monitor = monitor;
        this.resumed = resumed;
        this.examples = examples;
    }

    /** For work that is tried and thrown away: stopped with this one and counted here, but never resumed. */
    public Session trial() {
        return new Session(new TrialMonitor(monitor), Optional.empty(), examples);
    }

    private record TrialMonitor(Monitor monitor) implements Monitor {

        @Override
        public void progress(String stage, long done, long total, double loss) {
            monitor.progress(stage, done, total, loss);
        }

        @Override
        public boolean stopRequested() {
            return monitor.stopRequested();
        }
    }

    /** How many examples gradients were computed for, in this process. */
    public long examplesSeen() {
        return examples.sum();
    }

    /**
     * Moves the weights of {@code network}.
     *
     * @throws Stopped if the monitor asks for it, after a last checkpoint
     * @throws Diverged if the loss is no longer a finite number; checkpoints hold what was before
     */
    public void descend(Network network, Descent descent) {
        descend(network.parameters(), () -> new Classification(network, descent));
    }

    /**
     * Moves the weights of {@code model}, as above. Under a recipe with low-rank adapters only these are trained and, at the
     * end, added to the weights; if the work ends early, the weights are as they were.
     *
     * @throws ModelRefused if a sequence is longer than the model's context or holds an unknown token
     * @throws IllegalArgumentException if the recipe's adapters are for modules that the model lacks
     */
    public void descend(LanguageModel model, TextDescent descent) {
        var lowRank = descent.recipe().lowRank();
        if (lowRank == null) {
            descend(model.parameters(), () -> new TextTraining(model, model.parameters(), descent));
            return;
        }
        // a checkpoint of the first stretch holds adapters alone: its weights are those that the work begins with
        var fixed = phase == 0 ? Optional.<Parameters>empty() : Optional.of(model.parameters());
        var adapters = model.adapt(lowRank, Seeds.derive(descent.seed(), -1));
        try {
            if (descend(adapters.parameters(), fixed, () -> new TextTraining(model, adapters.parameters(), descent))) {
                model.mergeAdapters();
            }
        } finally {
            model.dropAdapters();
        }
    }

    /**
     * Sets weights of {@code model} to 0, as above.
     *
     * @throws ModelRefused if a layer does not exist, or a sequence is longer than the model's context
     */
    public void descend(LanguageModel model, SubnetDescent descent) {
        descend(model.parameters(), () -> new SubnetTraining(model, descent));
    }

    /** @param opened makes the stretch, unless a checkpoint lies behind it */
    void descend(Parameters parameters, Supplier<Stretch> opened) {
        descend(parameters, Optional.empty(), opened);
    }

    /**
     * Runs a stretch, unless a checkpoint lies behind it.
     *
     * @param fixed what does not move but is part of a checkpoint
     * @return whether it ran
     */
    private boolean descend(Parameters parameters, Optional<Parameters> fixed, Supplier<Stretch> opened) {
        int mine = phase++;
        long from = resumed.map(file -> from(file, mine)).orElse(0L);
        if (from == Long.MAX_VALUE) {
            return false;
        }
        return Lane.hold(() -> {
            try (var stretch = opened.get()) {
                var work = new Work(parameters, fixed, stretch, mine);
                if (resumed.isPresent() && number(resumed.get(), PHASE) == mine) {
                    work.restore(resumed.get());
                }
                work.run(from);
            }
            return true;
        });
    }

    /** The step to begin at; the largest number where the checkpoint lies behind the whole stretch. */
    private static long from(SafetensorsFile checkpoint, int phase) {
        long reached = number(checkpoint, PHASE);
        if (reached == phase) {
            return number(checkpoint, STEP);
        }
        return reached > phase ? Long.MAX_VALUE : 0;
    }

    private static long number(SafetensorsFile checkpoint, String key) {
        try {
            return Long.parseLong(checkpoint.metadata().getOrDefault(key, "?"));
        } catch (NumberFormatException e) {
            throw new ModelRefused("the checkpoint has no " + key);
        }
    }

    private final class Work {

        private final Parameters parameters;
        private final Optional<Parameters> fixed;
        private final Stretch stretch;
        private final int phase;
        private final Map<String, NDArray> gradients = new LinkedHashMap<>();

        Work(Parameters parameters, Optional<Parameters> fixed, Stretch stretch, int phase) {
            this.parameters = parameters;
            this.fixed = fixed;
            this.stretch = stretch;
            this.phase = phase;
        }

        void run(long from) {
            try {
                int perEpoch = stretch.stepsPerEpoch();
                long total = (long) perEpoch * stretch.epochs();
                for (long step = from; step < total; step++) {
                    run(step, perEpoch, total);
                }
            } finally {
                gradients.values().forEach(NDArray::close);
                parameters.forgetGradients();
            }
        }

        private void run(long step, int perEpoch, long total) {
            if (monitor.stopRequested()) {
                monitor.lastCheckpoint(step, file -> write(file, step));
                throw new Stopped(step);
            }
            double loss = step(step, total);
            if (!Double.isFinite(loss)) {
                throw new Diverged(stretch.label() + ": the loss is no longer a finite number at step " + step);
            }
            if (stretch.tokens(step) > 0) {
                monitor.read(stretch.tokens(step), stretch.terms());
            }
            monitor.progress(
                    stretch.label() + ", epoch " + (step / perEpoch + 1) + " of " + stretch.epochs(),
                    step + 1,
                    total,
                    loss);
            monitor.checkpoint(step + 1, file -> write(file, step + 1));
        }

        private double step(long step, long total) {
            double loss = 0;
            examples.add(stretch.examples(step));
            for (int part = 0; part < stretch.parts(step); part++) {
                loss += differentiate(step, part);
                if (!Double.isFinite(loss)) {
                    return loss;
                }
            }
            if (gradients.isEmpty()) {
                // every call hands out a new handle on the same storage, so they are asked for once
                parameters.leaves().forEach((name, leaf) -> gradients.put(name, leaf.getGradient()));
            }
            try {
                stretch.move(parameters.openStep(), gradients, step, total);
            } finally {
                parameters.closeStep();
            }
            return loss;
        }

        private double differentiate(long step, int part) {
            parameters.openStep();
            try (var collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                var value = stretch.loss(step, part);
                double loss = value.getFloat();
                if (Double.isFinite(loss)) {
                    collector.backward(value);
                    stretch.back(collector);
                }
                return loss;
            } finally {
                parameters.closeStep();
            }
        }

        private void write(Path file, long step) {
            Map<String, Safetensors.Numbers> tensors = new LinkedHashMap<>();
            parameters.tensors(WEIGHT).forEach((name, numbers) -> tensors.put(name, new Finite(name, numbers)));
            fixed.ifPresent(held -> tensors.putAll(held.tensors(FIXED)));
            stretch.state().forEach((name, value) -> tensors.put(name, new Parameters.OnDevice(value)));
            Safetensors.write(file, tensors, Map.of(PHASE, Integer.toString(phase), STEP, Long.toString(step)));
        }

        private void restore(SafetensorsFile checkpoint) {
            parameters.restore(WEIGHT, checkpoint);
            fixed.ifPresent(held -> held.restore(FIXED, checkpoint));
            stretch.state().forEach((name, value) -> Parameters.read(checkpoint, name, value));
            stretch.restored();
        }
    }

    /** Weights on their way into a checkpoint. */
    private record Finite(String name, Safetensors.Numbers numbers) implements Safetensors.Numbers {

        @Override
        public long[] shape() {
            return numbers.shape();
        }

        @Override
        public float[] part(int from, int count) {
            var part = numbers.part(from, count);
            for (float value : part) {
                if (!Float.isFinite(value)) {
                    throw new Diverged(
                            "tensor " + name.substring(WEIGHT.length()) + " holds a value that is not a finite number");
                }
            }
            return part;
        }
    }
}
