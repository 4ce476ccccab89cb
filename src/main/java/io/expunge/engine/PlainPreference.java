package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Activation;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * NPO + RT as it is usually written, kept to be compared with: sequences padded to the longest of the batch, the vocabulary
 * projected everywhere, a resident reference model that reads every batch again, fp32, and AdamW tensor by tensor. Draws the
 * batches that a {@link TextDescent} under the same seed draws.
 */
public final class PlainPreference {

    private PlainPreference() {}

    /**
     * Edits {@code model} in place.
     *
     * @param reference the model before unlearning, which stays in memory
     * @param beta β of NPO
     */
    public static void apply(
            LanguageModel model,
            LanguageModel reference,
            Sequences forget,
            Sequences retain,
            double beta,
            TextRecipe recipe,
            long seed,
            Monitor monitor) {
        new Session(monitor)
                .descend(
                        model.parameters(),
                        () -> new Steps(model, reference, List.of(forget, retain), beta, recipe, seed));
    }

    private static final class Steps implements Stretch {

        private static final double FIRST_DECAY = 0.9;
        private static final double SECOND_DECAY = 0.999;
        private static final double EPSILON = 1e-8;

        private final LanguageModel model;
        private final LanguageModel reference;
        private final List<Sequences> sources;
        private final List<SequenceOrder> orders;
        private final double beta;
        private final TextRecipe recipe;
        private final Map<String, NDArray> first = new LinkedHashMap<>();
        private final Map<String, NDArray> second = new LinkedHashMap<>();

        Steps(
                LanguageModel model,
                LanguageModel reference,
                List<Sequences> sources,
                double beta,
                TextRecipe recipe,
                long seed) {
            this.model = model;
            this.reference = reference;
            this.sources = sources;
            this.beta = beta;
            this.recipe = recipe;
            this.orders = IntStream.range(0, sources.size())
                    .mapToObj(i -> SequenceOrder.of(sources.get(i), recipe.batchSize(), Seeds.derive(seed, i)))
                    .toList();
            model.parameters().trained().forEach((name, value) -> {
                first.put(name, model.parameters().manager().zeros(value.getShape()));
                second.put(name, model.parameters().manager().zeros(value.getShape()));
            });
        }

        @Override
        public String label() {
            return "plain NPO";
        }

        @Override
        public int epochs() {
            return recipe.epochs();
        }

        @Override
        public int stepsPerEpoch() {
            return orders.getFirst().perEpoch();
        }

        @Override
        public int examples(long step) {
            return orders.stream().mapToInt(order -> order.at(step).length).sum();
        }

        @Override
        public NDArray loss(long step, int part) {
            var space = model.parameters().scratch();
            var forget = new Padded(space, sources.get(0), orders.get(0).at(step));
            var now = forget.negativeLogLikelihoods(model);
            var before = forget.negativeLogLikelihoods(reference);
            var preferred = Numbers.times(Activation.softPlus(Numbers.times(now.sub(before), -beta)), 2 / beta)
                    .mean();
            var retain = new Padded(space, sources.get(1), orders.get(1).at(step));
            return preferred.add(
                    Numbers.over(retain.negativeLogLikelihoods(model).sum(), retain.answerTokens));
        }

        @Override
        public void move(NDManager scratch, Map<String, NDArray> gradients, long step, long total) {
            double rate = recipe.rateAt(step, total);
            double firstBias = 1 - Math.pow(FIRST_DECAY, (double) step + 1);
            double secondBias = 1 - Math.pow(SECOND_DECAY, (double) step + 1);
            model.parameters().trained().forEach((name, weight) -> {
                var gradient = gradients.get(name);
                var m = first.get(name);
                var v = second.get(name);
                if (gradient == null || m == null || v == null) {
                    throw new IllegalStateException("no gradient of " + name);
                }
                try (var space = scratch.newSubManager()) {
                    if (weight.getShape().dimension() > 1) {
                        weight.muli(1 - rate * recipe.weightDecay());
                    }
                    m.muli(FIRST_DECAY).addi(in(space, gradient.mul(1 - FIRST_DECAY)));
                    v.muli(SECOND_DECAY)
                            .addi(in(space, in(space, gradient.square()).mul(1 - SECOND_DECAY)));
                    var scale = in(
                            space,
                            in(space, in(space, v.div(secondBias)).sqrt()).add(EPSILON));
                    weight.subi(in(space, in(space, m.div(scale)).mul(rate / firstBias)));
                    gradient.muli(0);
                }
            });
        }

        private static NDArray in(NDManager space, NDArray array) {
            array.attach(space);
            return array;
        }

        @Override
        public Map<String, NDArray> state() {
            Map<String, NDArray> state = new LinkedHashMap<>();
            first.forEach((name, value) -> state.put("first:" + name, value));
            second.forEach((name, value) -> state.put("second:" + name, value));
            return state;
        }

        @Override
        public void close() {
            state().values().forEach(NDArray::close);
        }

        /** A batch with every sequence padded to the longest by copies of its last token. */
        private final class Padded {

            private final NDManager space;
            private final TokenBatch batch;
            private final NDArray mask;
            private final int answerTokens;

            Padded(NDManager space, Sequences source, int[] rows) {
                this.space = space;
                var part = source.subset(rows);
                int longest = part.all().stream()
                        .mapToInt(one -> one.tokens().length)
                        .max()
                        .orElseThrow();
                var tokens = part.all().stream()
                        .map(one -> {
                            var padded = Arrays.copyOf(one.tokens(), longest);
                            Arrays.fill(padded, one.tokens().length, longest, one.tokens()[one.tokens().length - 1]);
                            return padded;
                        })
                        .toList();
                var everywhere = new int[rows.length];
                Arrays.fill(everywhere, 1);
                this.batch = TokenBatch.of(space, model.decoder(), tokens, everywhere);
                var counted = new float[rows.length * (longest - 1)];
                for (int i = 0; i < rows.length; i++) {
                    var one = part.get(i);
                    Arrays.fill(
                            counted,
                            i * (longest - 1) + one.given() - 1,
                            i * (longest - 1) + one.tokens().length - 1,
                            1);
                }
                this.mask = space.create(counted);
                this.answerTokens = part.all().stream()
                        .mapToInt(Sequences.Sequence::answerLength)
                        .sum();
            }

            /** Shape (n). */
            NDArray negativeLogLikelihoods(LanguageModel one) {
                var pass = new DecoderPass(one.decoder(), one.parameters().forTraining(), space, Precision.FP32);
                var logs = pass.logits(pass.hidden(batch), batch.rows().toLongArray())
                        .logSoftmax(1)
                        .gather(batch.targets().expandDims(1), 1)
                        .squeeze(1);
                return pass.sequenceSums(logs.mul(mask), batch).neg();
            }
        }
    }
}
