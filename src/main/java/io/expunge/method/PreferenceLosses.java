package io.expunge.method;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import io.expunge.engine.Numbers;

/**
 * Losses that make an answer less likely without a bound to run from, by way of preference optimisation.
 *
 * <p>Every likelihood is a vector of negative log-likelihoods NLL = −log π(y|x) of whole answers, in nats: one number for
 * each record, the <em>sum</em> over its tokens, shape (n). Every result is a scalar of the same type, with gradients. −log σ(z) is computed
 * as softplus(−z), which neither overflows nor loses small values.
 */
public final class PreferenceLosses {

    private PreferenceLosses() {}

    /**
     * Negative preference optimisation: Zhang et al. 2024, <a href="https://arxiv.org/abs/2404.05868">Negative Preference
     * Optimization: From Catastrophic Collapse to Effective Unlearning</a>.
     *
     * <pre>L(θ) = (2/β) · mean[ −log σ( β (NLL_θ − NLL_ref) ) ] = (2/β) · mean[ log(1 + (π_θ/π_ref)^β) ] ≥ 0</pre>
     *
     * <p>Its gradient is that of gradient ascent with every record weighed by W = 2 π_θ^β / (π_θ^β + π_ref^β), which is 1
     * at the reference and vanishes as the record is forgotten; for β → 0 all of it is gradient ascent.
     *
     * @param nll of the answers to be forgotten, under θ, shape (n)
     * @param reference the same under the model before unlearning, without gradients, shape (n)
     * @param beta inverse temperature β
     * @throws IllegalArgumentException if β is not a positive number
     */
    public static NDArray npo(NDArray nll, NDArray reference, double beta) {
        return dispreferred(nll.sub(reference), beta);
    }

    /**
     * Negative preference optimisation without a reference: Fan et al. 2024, <a
     * href="https://arxiv.org/abs/2410.07163">Simplicity Prevails: Rethinking Negative Preference Optimization for LLM
     * Unlearning</a>.
     *
     * <pre>L(θ) = (2/β) · mean[ −log σ( β (NLL_θ/|y| − γ) ) ]</pre>
     *
     * @param nll of the answers to be forgotten, under θ, shape (n)
     * @param lengths |y|, how many tokens each answer has, at least 1, shape (n)
     * @param beta inverse temperature β
     * @param margin γ, in nats per token
     * @throws IllegalArgumentException if β is not a positive number
     */
    public static NDArray simNpo(NDArray nll, NDArray lengths, double beta, double margin) {
        return dispreferred(nll.div(lengths).sub(margin), beta);
    }

    /**
     * Direct preference of a refusal over the answer: Rafailov et al. 2023, <a
     * href="https://arxiv.org/abs/2305.18290">Direct Preference Optimization</a>, scaled and used for unlearning as by
     * Zhang et al. 2024, <a href="https://arxiv.org/abs/2404.05868">Negative Preference Optimization</a>.
     *
     * <pre>L(θ) = (2/β) · mean[ −log σ( β ((log π_θ(idk) − log π_θ(y)) − (log π_ref(idk) − log π_ref(y))) ) ]</pre>
     *
     * @param refusal NLL of "I don't know" to the same questions, under θ, shape (n)
     * @param nll of the answers to be forgotten, under θ, shape (n)
     * @param refusalReference NLL of the refusals under the model before unlearning, without gradients, shape (n)
     * @param reference NLL of the answers under the model before unlearning, without gradients, shape (n)
     * @param beta inverse temperature β
     * @throws IllegalArgumentException if β is not a positive number
     */
    public static NDArray dpo(NDArray refusal, NDArray nll, NDArray refusalReference, NDArray reference, double beta) {
        return dispreferred(nll.sub(refusal).sub(reference.sub(refusalReference)), beta);
    }

    /** (2/β) · mean[ −log σ(β m) ], where m says how much less likely the answers have become than is wanted at least. */
    private static NDArray dispreferred(NDArray margins, double beta) {
        if (!(beta > 0) || Double.isInfinite(beta)) {
            throw new IllegalArgumentException("beta must be greater than 0 but was " + beta);
        }
        // a factor leaves a vector's type alone but would turn a single-precision scalar into a double
        return Numbers.times(Activation.softPlus(Numbers.times(margins, -beta)).mean(), 2 / beta);
    }
}
