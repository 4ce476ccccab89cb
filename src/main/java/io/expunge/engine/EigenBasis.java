package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

/**
 * The eigenvectors of a linear layer's second moments, G = U_G diag(λ) U_Gᵀ and A = U_A diag(μ) U_Aᵀ, both sorted by falling
 * eigenvalue. What rounding made of an eigenvalue of 0 counts as 0.
 */
public final class EigenBasis implements AutoCloseable {

    private final NDManager space;
    private final String layer;
    private final double[] gradients;
    private final double[] activations;
    private final NDArray ofGradients;
    private final NDArray ofActivations;

    /**
     * Decomposes both factors of a layer.
     *
     * @throws Diverged naming the layer, if a factor is zero or not finite
     */
    public EigenBasis(SecondMoments moments, String layer) {
        requireSound(moments, layer);
        this.layer = layer;
        this.space = Torch.manager();
        var g = Kernels.shared().callAll("eigen", space, new NDList(moments.gradients(layer)));
        var a = Kernels.shared().callAll("eigen", space, new NDList(moments.activations(layer)));
        this.gradients = eigenvalues(g.get(0));
        this.activations = eigenvalues(a.get(0));
        this.ofGradients = g.get(1);
        this.ofActivations = a.get(1);
    }

    /**
     * Passes where both factors can be decomposed, without doing it.
     *
     * @throws Diverged naming the layer, if a factor is zero or not finite
     */
    public static void requireSound(SecondMoments moments, String layer) {
        requireSound(layer, "gradients", moments.gradients(layer));
        requireSound(layer, "activations", moments.activations(layer));
    }

    private static void requireSound(String layer, String what, NDArray factor) {
        try (var scratch = factor.getManager().newSubManager()) {
            var numbers = factor.sum();
            numbers.attach(scratch);
            var trace = Kernels.shared().call("trace", scratch, new NDList(factor));
            float mass = trace.getFloat();
            if (!Float.isFinite(numbers.getFloat()) || !Float.isFinite(mass)) {
                throw new Diverged("the second moments of the " + what + " of layer " + layer + " are not finite");
            }
            if (!(mass > 0)) {
                throw new Diverged("the second moments of the " + what + " of layer " + layer
                        + " are singular: all of them are 0");
            }
        }
    }

    private static double[] eigenvalues(NDArray values) {
        var numbers = values.toFloatArray();
        var clamped = new double[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            clamped[i] = Math.max(0, numbers[i]);
        }
        return clamped;
    }

    /** Which layer it is of. */
    public String layer() {
        return layer;
    }

    /** λ, falling. */
    public double[] gradients() {
        return gradients.clone();
    }

    /** μ, falling. */
    public double[] activations() {
        return activations.clone();
    }

    /** diag(U_Gᵀ G' U_G): how much of other gradients lies along each direction, in the order of λ. */
    public double[] gradients(SecondMoments other) {
        return spread(ofGradients, other.gradients(layer));
    }

    /** diag(U_Aᵀ A' U_A): how much of other activations lies along each direction, in the order of μ. */
    public double[] activations(SecondMoments other) {
        return spread(ofActivations, other.activations(layer));
    }

    private double[] spread(NDArray vectors, NDArray factor) {
        try (var scratch = space.newSubManager()) {
            return eigenvalues(Kernels.shared().call("spread", scratch, new NDList(vectors, factor)));
        }
    }

    NDArray gradientVectors() {
        return ofGradients;
    }

    NDArray activationVectors() {
        return ofActivations;
    }

    @Override
    public void close() {
        space.close();
    }
}
