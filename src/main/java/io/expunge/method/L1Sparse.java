package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Descent;
import io.expunge.engine.Objective;
import java.util.List;

/**
 * Fine-tunes on the retain set under a penalty that makes the weights sparse.
 *
 * <p>min L(θ; D_r) + γ_t ‖θ‖₁ over all trained tensors, with γ_t = γ (1 − t / (T − T₀)) in epoch t = 0, 1, … and 0 in the
 * last T₀ of the T epochs. Jia et al. 2023, equation 4 with the linearly decaying scheduler,
 * <a href="https://arxiv.org/abs/2304.04934">Model Sparsity Can Simplify Machine Unlearning</a>.
 *
 * @param penalty γ; 5·10⁻⁴ in the paper
 * @param plainEpochs T₀
 */
@JsonTypeName("l1-sparse")
@Paper(title = "l1-sparse unlearning", value = "https://arxiv.org/abs/2304.04934")
public record L1Sparse(double penalty, int plainEpochs, Schedule schedule) implements NetworkMethod {

    public L1Sparse {
        Require.between("penalty", penalty, 0, 1);
        Require.given("schedule", schedule);
        Require.between("plainEpochs", plainEpochs, 0, schedule.epochs() - 1.0);
    }

    @Override
    public void apply(Task task) {
        task.session().descend(task.network(), descent(task));
    }

    Descent descent(Task task) {
        return new Descent(
                        "l1-sparse unlearning",
                        schedule.recipe(task.recipe().augment()),
                        schedule.seed(),
                        List.of(task.retain()),
                        Objective::crossEntropy)
                .penalised(this::penaltyAt);
    }

    /** γ_t, by epoch counted from 0. */
    double penaltyAt(int epoch) {
        int penalised = schedule.epochs() - plainEpochs;
        return epoch >= penalised ? 0 : penalty * (1 - epoch / (double) penalised);
    }
}
