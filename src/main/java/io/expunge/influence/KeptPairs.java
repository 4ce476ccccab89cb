package io.expunge.influence;

import io.expunge.engine.EigenBasis;
import io.expunge.engine.PairMask;
import io.expunge.engine.SecondMoments;

/** Which pairs of a layer's eigen-directions carry a share of the curvature of some texts. */
public final class KeptPairs {

    /** Of the mean eigenvalue: what keeps a direction that nobody uses from looking used by one side alone. */
    private static final double DAMPING = 1e-3;

    private KeptPairs() {}

    /**
     * Of the texts that the basis was made of: falling λ_i μ_j.
     *
     * @param share ρ in (0, 1]
     */
    public static PairMask of(EigenBasis basis, double share) {
        return PairSearch.of(basis.gradients(), basis.activations(), share);
    }

    /**
     * Of other texts, in the same basis: falling λ'_i μ'_j with λ' = diag(U_Gᵀ G' U_G) and μ' = diag(U_Aᵀ A' U_A).
     *
     * @param share of the mass of the other texts, in (0, 1]
     */
    public static PairMask of(EigenBasis basis, SecondMoments other, double share) {
        return PairSearch.of(basis.gradients(other), basis.activations(other), share);
    }

    /**
     * Of the texts that the basis was made of, but what others use more comes last: falling
     *
     * <pre>(λ_i / (λ'_i + δ λ̄')) · (μ_j / (μ'_j + δ μ̄'))</pre>
     *
     * with λ', μ' those of the others, their means λ̄', μ̄' and δ = {@value #DAMPING}.
     *
     * @param others what is to be forgotten
     * @param share of the mass λ_i μ_j, in (0, 1]
     */
    public static PairMask against(EigenBasis basis, SecondMoments others, double share) {
        return PairSearch.of(
                ratios(basis.gradients(), basis.gradients(others)),
                ratios(basis.activations(), basis.activations(others)),
                basis.gradients(),
                basis.activations(),
                share);
    }

    private static double[] ratios(double[] own, double[] others) {
        double mean = java.util.Arrays.stream(others).average().orElse(0);
        if (!(mean > 0)) {
            return own;
        }
        var ratios = new double[own.length];
        for (int i = 0; i < own.length; i++) {
            ratios[i] = own[i] / (others[i] + DAMPING * mean);
        }
        return ratios;
    }
}
