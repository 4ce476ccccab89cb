package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GeneratorTest {

    private static final List<int[]> PROMPTS =
            List.of(new int[] {5, 6, 7}, new int[] {1}, new int[] {9, 8, 7, 6, 5, 4, 3}, new int[] {2, 2});

    static List<GoldenDecoders.Model> models() {
        return GoldenDecoders.models();
    }

    @ParameterizedTest
    @MethodSource("models")
    void rememberedTokensAnswerAsRecomputedOnesDo(GoldenDecoders.Model model) {
        var decoder = model.decoder();
        var generated = generate(decoder, PROMPTS, Sampling.greedy(12, Set.of()));
        for (int i = 0; i < PROMPTS.size(); i++) {
            assertThat(generated.get(i)).containsExactly(recomputed(decoder, PROMPTS.get(i), 12));
        }
        assertThat(generated.stream().flatMapToInt(Arrays::stream).distinct().count())
                .isGreaterThan(3);
    }

    @ParameterizedTest
    @MethodSource("models")
    void drawsDependOnSeedAndPlaceAlone(GoldenDecoders.Model model) {
        var decoder = model.decoder();
        var sampling = new Sampling(8, 1.3, 0.9, 11, Set.of());
        var generated = generate(decoder, PROMPTS, sampling).toArray(int[][]::new);
        assertThat(generate(decoder, PROMPTS, sampling).toArray(int[][]::new)).isDeepEqualTo(generated);
        assertThat(generate(decoder, PROMPTS.subList(0, 2), sampling).toArray(int[][]::new))
                .isDeepEqualTo(Arrays.copyOf(generated, 2));
        var other = generate(decoder, PROMPTS, new Sampling(8, 1.3, 0.9, 12, Set.of()));
        assertThat(Arrays.deepEquals(other.toArray(), generated)).isFalse();
    }

    @Test
    void aSequenceEndsBeforeATokenThatStopsIt() {
        var decoder = models().getFirst().decoder();
        var free = generate(decoder, PROMPTS, Sampling.greedy(12, Set.of()));
        int stop = free.getFirst()[3];
        var stopped = generate(decoder, PROMPTS, Sampling.greedy(12, Set.of(stop)));
        for (int i = 0; i < PROMPTS.size(); i++) {
            var expected =
                    Arrays.stream(free.get(i)).takeWhile(token -> token != stop).toArray();
            assertThat(stopped.get(i)).containsExactly(expected);
        }
        assertThat(stopped.getFirst().length).isLessThanOrEqualTo(3);
    }

    @Test
    void noSequenceGrowsPastTheLastPosition() {
        var decoder = models().getFirst().decoder();
        var full = new int[32];
        var almost = new int[30];
        Arrays.fill(full, 3);
        Arrays.fill(almost, 4);
        var generated = generate(decoder, List.of(full, almost, new int[] {1}), Sampling.greedy(100, Set.of()));
        assertThat(generated.stream().map(tokens -> tokens.length)).containsExactly(0, 2, 31);
        assertThat(generated.get(1)).containsExactly(recomputed(decoder, almost, 2));
        assertThat(generated.get(2)).containsExactly(recomputed(decoder, new int[] {1}, 31));
        assertThat(generate(decoder, List.of(full), Sampling.greedy(5, Set.of()))
                        .getFirst())
                .isEmpty();
    }

    @Test
    void promptsThatCannotBeReadAreRefusedByName() {
        var decoder = models().getFirst().decoder();
        for (var prompt : List.of(new int[0], new int[33], new int[] {99})) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> generate(decoder, List.of(new int[] {1}, prompt), Sampling.greedy(5, Set.of())))
                    .withMessageContaining("sequence 1");
        }
    }

    /** Shares 0.5, 0.3, 0.15, 0.05: the nucleus of 0.7 is the first two, which then are drawn 5 : 3. */
    @Test
    void drawsFollowTheSharesOfTheNucleus() {
        var logits = new float[] {
            (float) Math.log(0.15), (float) Math.log(0.5), (float) Math.log(0.05), (float) Math.log(0.3)
        };
        assertThat(shares(logits, new Sampling(1, 1, 0.7, 0, Set.of())))
                .containsExactly(new double[] {0, 0.625, 0, 0.375}, within(0.01));
        assertThat(shares(logits, new Sampling(1, 1, 1, 0, Set.of())))
                .containsExactly(new double[] {0.15, 0.5, 0.05, 0.3}, within(0.01));
        // at temperature 1/2 shares are squared
        double sum = 0.0225 + 0.25 + 0.0025 + 0.09;
        assertThat(shares(logits, new Sampling(1, 0.5, 1, 0, Set.of())))
                .containsExactly(new double[] {0.0225 / sum, 0.25 / sum, 0.0025 / sum, 0.09 / sum}, within(0.01));
        assertThat(shares(logits, Sampling.greedy(1, Set.of())))
                .containsExactly(new double[] {0, 1, 0, 0}, within(1e-9));
    }

    @Test
    void samplingsOutOfRangeAreRefusedByName() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new Sampling(0, 1, 1, 0, Set.of()))
                .withMessageContaining("tokens");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new Sampling(1, -1, 1, 0, Set.of()))
                .withMessageContaining("temperature");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new Sampling(1, 1, 0, 0, Set.of()))
                .withMessageContaining("topP");
    }

    private static double[] shares(float[] logits, Sampling sampling) {
        var counts = new double[logits.length];
        var random = new SplittableRandom(5);
        for (int i = 0; i < 40_000; i++) {
            counts[sampling.choose(logits, random)] += 1 / 40_000.0;
        }
        return counts;
    }

    private static List<int[]> generate(Decoder decoder, List<int[]> prompts, Sampling sampling) {
        try (var manager = Torch.manager()) {
            var weights = GoldenDecoders.arrays(manager, decoder, GoldenDecoders.weights(decoder));
            return new Generator(decoder, weights, manager, Precision.FP32).generate(prompts, sampling);
        }
    }

    private static int[] recomputed(Decoder decoder, int[] prompt, int count) {
        try (var manager = Torch.manager()) {
            var weights = GoldenDecoders.arrays(manager, decoder, GoldenDecoders.weights(decoder));
            var pass = new DecoderPass(decoder, weights, manager, Precision.FP32);
            var tokens = prompt;
            var added = new ArrayList<Integer>();
            while (added.size() < count) {
                var batch = TokenBatch.of(manager, decoder, List.of(tokens), new int[] {1});
                var logits = pass.logits(pass.hidden(batch), batch.ends());
                int next = (int) logits.argMax().getLong();
                added.add(next);
                tokens = Arrays.copyOf(tokens, tokens.length + 1);
                tokens[tokens.length - 1] = next;
            }
            return added.stream().mapToInt(Integer::intValue).toArray();
        }
    }
}
