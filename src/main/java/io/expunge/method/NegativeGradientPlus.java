package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Descent;
import io.expunge.engine.Numbers;
import java.util.List;

/**
 * Descends on the retain set while it climbs on the forget set.
 *
 * <p>min α L(θ; D_r) − (1 − α) L(θ; D_f) from θ₀; an epoch is a pass over D_r, and D_f begins anew as often as needed.
 * Kurmanji et al. 2023, <a href="https://arxiv.org/abs/2302.09880">Towards Unbounded Machine Unlearning</a>.
 *
 * @param retainShare α in (0, 1]
 */
@JsonTypeName("neggrad-plus")
@Paper(title = "NegGrad+", value = "https://arxiv.org/abs/2302.09880")
public record NegativeGradientPlus(double retainShare, Schedule schedule) implements NetworkMethod {

    public NegativeGradientPlus {
        Require.between("retainShare", retainShare, 0.01, 1);
        Require.given("schedule", schedule);
    }

    @Override
    public void apply(Task task) {
        task.session().descend(task.network(), descent(task));
    }

    Descent descent(Task task) {
        return new Descent(
                "NegGrad+",
                schedule.recipe(task.recipe().augment()),
                schedule.seed(),
                List.of(task.retain(), task.forget()),
                (network, batches) -> Numbers.times(network.crossEntropy(batches.get(0)), retainShare)
                        .sub(Numbers.times(network.crossEntropy(batches.get(1)), 1 - retainShare)));
    }
}
