package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A descent of a classifier. */
final class Classification implements Stretch {

    private static final String MASK = "mask:";

    private final Network network;
    private final Descent descent;
    private final List<Batches> batches = new ArrayList<>();
    private final Mover mover;
    private final Map<String, NDArray> masks = new LinkedHashMap<>();

    Classification(Network network, Descent descent) {
        this.network = network;
        this.descent = descent;
        var recipe = descent.recipe();
        var parameters = network.parameters();
        for (int i = 0; i < descent.sources().size(); i++) {
            batches.add(new Batches(
                    network,
                    parameters.manager().newSubManager(),
                    descent.sources().get(i),
                    recipe,
                    Seeds.derive(descent.seed(), i)));
        }
        this.mover = descent.optimiser() == Optimiser.SGD ? new ByDescent() : new ByAdam();
        parameters.trained().forEach((name, value) -> {
            var mask = descent.masks().get(name);
            if (mask != null) {
                masks.put(name, parameters.manager().create(mask, value.getShape()));
            }
        });
    }

    @Override
    public String label() {
        return descent.label();
    }

    @Override
    public int epochs() {
        return descent.recipe().epochs();
    }

    @Override
    public int stepsPerEpoch() {
        return batches.getFirst().perEpoch();
    }

    @Override
    public int examples(long step) {
        return batches.stream().mapToInt(source -> source.sizeAt(step)).sum();
    }

    @Override
    public NDArray loss(long step, int part) {
        return descent.objective()
                .loss(network, batches.stream().map(source -> source.at(step)).toList());
    }

    @Override
    public void move(NDManager scratch, Map<String, NDArray> gradients, long step, long total) {
        int epoch = Math.toIntExact(step / stepsPerEpoch());
        double rate =
                descent.recipe().learningRate() * descent.recipe().schedule().share(step, total);
        mover.move(scratch, gradients, rate, epoch);
    }

    @Override
    public Map<String, NDArray> state() {
        Map<String, NDArray> state = new LinkedHashMap<>(mover.state());
        masks.forEach((name, mask) -> state.put(MASK + name, mask));
        return state;
    }

    /** The method may have computed its masks from weights that were not restored yet. */
    @Override
    public void restored() {
        masks.forEach((name, mask) -> {
            var kept = mask.toFloatArray();
            System.arraycopy(kept, 0, descent.masks().get(name), 0, kept.length);
        });
    }

    @Override
    public void close() {
        batches.forEach(Batches::close);
        state().values().forEach(NDArray::close);
    }

    private interface Mover {

        void move(NDManager scratch, Map<String, NDArray> gradients, double rate, int epoch);

        Map<String, NDArray> state();
    }

    private final class ByDescent implements Mover {

        private final Sgd sgd = new Sgd(
                network.parameters().manager(),
                network.parameters().trained(),
                descent.recipe().momentum(),
                descent.recipe().weightDecay());

        @Override
        public void move(NDManager scratch, Map<String, NDArray> gradients, double rate, int epoch) {
            sgd.step(
                    scratch,
                    network.parameters().trained(),
                    gradients,
                    masks,
                    rate,
                    descent.penalty().applyAsDouble(epoch));
        }

        @Override
        public Map<String, NDArray> state() {
            Map<String, NDArray> state = new LinkedHashMap<>();
            sgd.velocity().forEach((name, value) -> state.put("velocity:" + name, value));
            return state;
        }
    }

    private final class ByAdam implements Mover {

        private final AdamW adam = new AdamW(
                network.parameters().manager(),
                network.parameters().trained(),
                descent.recipe().weightDecay(),
                0);

        ByAdam() {
            if (!descent.masks().isEmpty()) {
                throw new IllegalArgumentException("Adam holds no masks");
            }
        }

        @Override
        public void move(NDManager scratch, Map<String, NDArray> gradients, double rate, int epoch) {
            adam.step(scratch, gradients, rate);
        }

        @Override
        public Map<String, NDArray> state() {
            return adam.state();
        }
    }
}
