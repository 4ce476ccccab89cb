package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Continues prompts token by token; keys and values of earlier tokens are computed once. */
final class Generator {

    private final Decoder decoder;
    private final Map<String, NDArray> weights;
    private final NDManager manager;
    private final Precision precision;

    /**
     * @param weights all tensors of {@code decoder} by name, without gradients
     * @param manager parent of the space that a generation needs and gives back
     */
    Generator(Decoder decoder, Map<String, NDArray> weights, NDManager manager, Precision precision) {
        this.decoder = decoder;
        this.weights = weights;
        this.manager = manager;
        this.precision = precision;
    }

    /**
     * What follows each prompt, without the prompt and the token that stopped it. A sequence also ends where the decoder
     * has no further position.
     *
     * @throws IllegalArgumentException naming the prompt that is empty, too long or holds an unknown token
     */
    List<int[]> generate(List<int[]> prompts, Sampling sampling) {
        int n = prompts.size();
        int longest = prompts.stream().mapToInt(prompt -> prompt.length).max().orElse(0);
        var none = prompts.stream().mapToInt(prompt -> prompt.length).toArray();
        var answers = new Answer[n];
        for (int i = 0; i < n; i++) {
            int room = Math.min(sampling.tokens(), decoder.positions() - prompts.get(i).length);
            answers[i] = new Answer(new int[Math.max(0, room)], new SplittableRandom(Seeds.derive(sampling.seed(), i)));
        }
        try (var space = manager.newSubManager()) {
            int capacity = (int) Math.min(decoder.positions(), (long) longest + sampling.tokens());
            var cache = new KeyValueCache(space, decoder, n, capacity);
            var next = new long[n];
            choose(first(space, cache, prompts, none), answers, sampling, next);
            var positions = Arrays.stream(none)
                    .mapToLong(length -> Math.min(length, capacity - 1))
                    .toArray();
            while (Arrays.stream(answers).anyMatch(Answer::open)) {
                choose(following(space, cache, next, positions), answers, sampling, next);
                for (int i = 0; i < n; i++) {
                    // an ended sequence stays in the batch and writes over its own last slot
                    positions[i] = Math.min(positions[i] + 1, capacity - 1);
                }
            }
        }
        return Arrays.stream(answers).map(Answer::tokens).toList();
    }

    private float[] first(NDManager space, KeyValueCache cache, List<int[]> prompts, int[] none) {
        try (var scratch = space.newSubManager()) {
            var batch = TokenBatch.of(scratch, decoder, prompts, none);
            var pass = new DecoderPass(decoder, weights, scratch, precision);
            var attention = cache.prompts(scratch, batch, pass.packed(batch));
            var residual = pass.residual(batch.tokens(), batch.positions(), decoder.layers(), attention);
            return pass.logits(pass.normalised(residual), batch.ends()).toFloatArray();
        }
    }

    private float[] following(NDManager space, KeyValueCache cache, long[] tokens, long[] positions) {
        try (var scratch = space.newSubManager()) {
            var pass = new DecoderPass(decoder, weights, scratch, precision);
            var attention = cache.next(scratch, positions);
            var residual = pass.residual(scratch.create(tokens), positions, decoder.layers(), attention);
            var all = new long[tokens.length];
            Arrays.setAll(all, i -> i);
            return pass.logits(pass.normalised(residual), all).toFloatArray();
        }
    }

    private void choose(float[] logits, Answer[] answers, Sampling sampling, long[] next) {
        int width = decoder.vocabulary();
        for (int i = 0; i < answers.length; i++) {
            if (answers[i].open()) {
                int token = sampling.choose(Arrays.copyOfRange(logits, i * width, (i + 1) * width), answers[i].random);
                answers[i].add(token, sampling.stops().contains(token));
                next[i] = token;
            }
        }
    }

    private static final class Answer {

        private final int[] tokens;
        private final SplittableRandom random;
        private int length;
        private boolean stopped;

        Answer(int[] room, SplittableRandom random) {
            this.tokens = room;
            this.random = random;
        }

        boolean open() {
            return !stopped && length < tokens.length;
        }

        void add(int token, boolean stop) {
            if (stop) {
                stopped = true;
            } else {
                tokens[length++] = token;
            }
        }

        int[] tokens() {
            return Arrays.copyOf(tokens, length);
        }
    }
}
