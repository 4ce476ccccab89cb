package io.expunge.engine;

import static io.expunge.engine.Require.atLeast;
import static io.expunge.engine.Require.between;

import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * How the next token is chosen from logits z: the largest at temperature τ = 0, else a draw from softmax(z / τ) over its
 * nucleus, the fewest tokens whose probabilities sum to {@code topP}: Holtzman et al. 2020,
 * <a href="https://arxiv.org/abs/1904.09751">paper</a>, equation 3.
 *
 * @param tokens the most tokens to generate
 * @param topP share of the probability that may be drawn from, in (0, 1]; of no effect at temperature 0
 * @param seed decides the draws of all sequences, each by its place among the prompts
 * @param stops tokens that end a sequence and are not part of it
 */
public record Sampling(int tokens, double temperature, double topP, long seed, Set<Integer> stops) {

    public Sampling {
        atLeast("tokens", tokens, 1);
        between("temperature", temperature, 0, 1000);
        between("topP", topP, Double.MIN_VALUE, 1);
        stops = Set.copyOf(stops);
    }

    /** Always the likeliest token; the first of equal ones. */
    public static Sampling greedy(int tokens, Set<Integer> stops) {
        return new Sampling(tokens, 0, 1, 0, stops);
    }

    int choose(float[] logits, SplittableRandom random) {
        int best = 0;
        for (int token = 1; token < logits.length; token++) {
            if (logits[token] > logits[best]) {
                best = token;
            }
        }
        return temperature == 0 ? best : draw(logits, logits[best], random);
    }

    private int draw(float[] logits, double greatest, SplittableRandom random) {
        var shares = new double[logits.length];
        double sum = 0;
        for (int token = 0; token < logits.length; token++) {
            shares[token] = Math.exp((logits[token] - greatest) / temperature);
            sum += shares[token];
        }
        // tokens below this share hold less than 1 - topP together, so none of them is in the nucleus
        double least = (1 - topP) * sum / logits.length;
        var candidates = IntStream.range(0, logits.length)
                .filter(token -> shares[token] >= least)
                .boxed()
                .toArray(Integer[]::new);
        Arrays.sort(candidates, (a, b) -> Double.compare(shares[b], shares[a]));
        int kept = 0;
        double held = 0;
        while (kept < candidates.length && held < topP * sum) {
            held += shares[candidates[kept++]];
        }
        double target = random.nextDouble() * held;
        int chosen = 0;
        for (double passed = shares[candidates[0]]; passed <= target && chosen < kept - 1; ) {
            passed += shares[candidates[++chosen]];
        }
        return candidates[chosen];
    }
}
