package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Objects;

/** Changes of the matrix of one linear layer, in place. */
final class LinearEdit {

    private LinearEdit() {}

    /** W' = U_G ((U_Gᵀ W U_A) ⊙ M) U_Aᵀ with M the union of {@code masks}, at least one. */
    static void keep(Parameters parameters, LinearLayer layer, EigenBasis basis, List<PairMask> masks) {
        try (var space = parameters.manager().newSubManager()) {
            NDArray kept = null;
            for (var mask : masks) {
                var one = Kernels.shared()
                        .call(
                                "pair_mask",
                                space,
                                new NDList(space.create(mask.rowCounts()), space.create(mask.columnRanks())));
                kept = kept == null ? one : Kernels.shared().call("either", space, new NDList(kept, one));
            }
            change(
                    parameters,
                    layer,
                    space,
                    "keep_pairs",
                    basis.gradientVectors(),
                    basis.activationVectors(),
                    Objects.requireNonNull(kept));
        }
    }

    /** @param share of the singular values that stay, the largest, rounded up; in (0, 1] */
    static void truncate(Parameters parameters, LinearLayer layer, double share) {
        try (var space = parameters.manager().newSubManager()) {
            long rank = (long) Math.ceil(share * Math.min(layer.in(), layer.out()));
            change(parameters, layer, space, "truncate", space.create(rank));
        }
    }

    private static void change(
            Parameters parameters, LinearLayer layer, NDManager space, String kernel, NDArray... arguments) {
        var matrix = parameters.value(layer.name() + ".weight");
        var all = new NDList(layer.transposed() ? Kernels.shared().call("turned", space, new NDList(matrix)) : matrix);
        all.addAll(List.of(arguments));
        Kernels.shared().call(kernel, space, all);
        var sum = matrix.sum();
        sum.attach(space);
        if (!Float.isFinite(sum.getFloat())) {
            throw new Diverged("the matrix of layer " + layer.name() + " is no longer finite");
        }
    }
}
