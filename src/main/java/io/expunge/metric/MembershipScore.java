package io.expunge.metric;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Deflater;

/**
 * Scores by which an attacker guesses from one text whether a language model learned it, as in OpenUnlearning. All of
 * them fall with membership: the lower, the more the text looks learned. {@link TextMembership} turns the scores of many
 * texts into an attack.
 *
 * <p>{@code tokens} are log-probabilities of the text's tokens given those before them, in nats, without padding, shape
 * (T). All throw IllegalArgumentException if there is no token or one is not the logarithm of a probability.
 */
public final class MembershipScore {

    /** Share of the tokens that Min-K and Min-K++ look at in OpenUnlearning and MUSE. */
    public static final double SHARE = 0.4;

    /** The least variance that Min-K++ divides by, as in OpenUnlearning. */
    private static final double LEAST_VARIANCE = 1e-6;

    private MembershipScore() {}

    /** LOSS, Yeom et al. 2018: −(1/T) Σ_t log p_t, in nats by token. */
    public static double loss(double[] tokens) {
        return -AnswerProbability.meanLog(tokens);
    }

    /**
     * zlib, Carlini et al. 2021, in OpenUnlearning's form: loss / bytes of the text in UTF-8 when compressed at zlib's
     * default level with header and checksum, the length that Python's {@code zlib.compress} gives.
     */
    public static double zlib(double[] tokens, String text) {
        return loss(tokens) / compressedLength(text);
    }

    /**
     * Min-K%, Shi et al. 2024, <a href="https://arxiv.org/abs/2310.16789">paper</a>: −mean of the ⌊share · T⌋ lowest
     * log-probabilities, at least one, in nats.
     *
     * @param share in (0, 1], {@link #SHARE} in public code
     */
    public static double minK(double[] tokens, double share) {
        Require.logProbabilities("tokens", tokens);
        return lowest(tokens, share);
    }

    /**
     * Min-K%++, Zhang et al. 2025, <a href="https://arxiv.org/abs/2404.02936">paper</a>: the same of
     *
     * <pre>z_t = (log p_t − μ_t)/σ_t,  μ_t = E_{v~p(·|x_&lt;t)}[log p(v)],  σ_t² its variance</pre>
     *
     * without unit; σ² counts as 1e-6 where it is less.
     *
     * @param means μ over the vocabulary by position, in nats, shape (T)
     * @param deviations σ by position, in nats, shape (T)
     * @param share in (0, 1], {@link #SHARE} in public code
     * @throws IllegalArgumentException also if the lengths differ or a mean or deviation is impossible
     */
    public static double minKPlusPlus(double[] tokens, double[] means, double[] deviations, double share) {
        Require.logProbabilities("tokens", tokens);
        Require.sameLength("tokens", tokens.length, "means", means.length);
        Require.sameLength("tokens", tokens.length, "deviations", deviations.length);
        Require.logProbabilities("means", means);
        Require.within("deviations", deviations, 0, Double.MAX_VALUE);
        var standardised = new double[tokens.length];
        for (int t = 0; t < tokens.length; t++) {
            standardised[t] = (tokens[t] - means[t]) / Math.max(deviations[t], Math.sqrt(LEAST_VARIANCE));
        }
        return lowest(standardised, share);
    }

    /**
     * GradNorm: mean over the parameter tensors of ‖∂loss/∂tensor‖₂, the loss being that of this one text.
     *
     * @param norms 2-norm by parameter tensor, at least 0
     * @throws IllegalArgumentException if there is none or one is negative or not finite
     */
    public static double gradientNorm(double[] norms) {
        Require.within("norms", norms, 0, Double.MAX_VALUE);
        return Moments.mean(norms);
    }

    /**
     * Reference, Carlini et al. 2021: loss less another model's loss on the same tokens, in nats by token.
     *
     * @param other the other model's log-probabilities, shape (T)
     * @throws IllegalArgumentException also if the lengths differ
     */
    public static double reference(double[] tokens, double[] other) {
        Require.sameLength("tokens", tokens.length, "other", other.length);
        return loss(tokens) - loss(other);
    }

    private static double lowest(double[] values, double share) {
        Require.between("share", share, Double.MIN_VALUE, 1);
        var sorted = values.clone();
        Arrays.sort(sorted);
        return -Moments.mean(Arrays.copyOf(sorted, Math.max(1, (int) (share * sorted.length))));
    }

    private static int compressedLength(String text) {
        try (var deflater = new Deflater()) {
            deflater.setInput(text.getBytes(StandardCharsets.UTF_8));
            deflater.finish();
            var buffer = new byte[8192];
            int length = 0;
            while (!deflater.finished()) {
                length += deflater.deflate(buffer);
            }
            return length;
        }
    }
}
