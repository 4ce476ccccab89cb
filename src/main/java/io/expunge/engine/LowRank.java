package io.expunge.engine;

import static io.expunge.engine.Require.atLeast;
import static io.expunge.engine.Require.atMost;
import static io.expunge.engine.Require.positive;

import java.util.HashSet;
import java.util.List;

/**
 * Low-rank adapters of linear layers, all else held fixed: Hu et al. 2022, <a
 * href="https://arxiv.org/abs/2106.09685">LoRA: Low-Rank Adaptation of Large Language Models</a>.
 *
 * <pre>h = W₀ x + (α/r) B A x,  A of shape (r, in), B of shape (out, r)</pre>
 *
 * @param rank r
 * @param alpha α
 * @param targetModules which linear layers of the blocks have adapters: each entry is the whole name of a module or its end
 *     behind a dot, such as {@code c_attn}, {@code q_proj} or {@code mlp.c_proj}; {@value #ALL_LINEAR} alone stands for
 *     every one
 */
public record LowRank(int rank, double alpha, List<String> targetModules) {

    /** Names every linear layer of the blocks. */
    public static final String ALL_LINEAR = "all-linear";

    public LowRank {
        atLeast("lowRank.rank", rank, 1);
        atMost("lowRank.rank", rank, 65_536);
        positive("lowRank.alpha", alpha);
        if (targetModules == null || targetModules.isEmpty()) {
            throw new IllegalArgumentException("lowRank.targetModules must name one or more modules");
        }
        targetModules = List.copyOf(targetModules);
        if (new HashSet<>(targetModules).size() < targetModules.size()) {
            throw new IllegalArgumentException("lowRank.targetModules must not name a module twice");
        }
    }

    /**
     * Passes where every target is a module of the decoder.
     *
     * @throws ModelRefused naming a target that no module has, and those that there are
     */
    public void requireFit(Decoder decoder) {
        Adapters.targets(decoder, this);
    }

    /** α/r. */
    double scale() {
        return alpha / rank;
    }
}
