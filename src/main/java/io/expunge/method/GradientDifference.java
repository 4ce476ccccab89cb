package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Descent;
import java.util.List;

/**
 * Climbs the loss of what is to be forgotten and descends as much on as many records that stay.
 *
 * <p>min L(θ; D_r) − L(θ; D_f) from θ₀; an epoch is a pass over D_f, and each step draws a batch of D_r beside it. Liu et al.
 * 2022, <a href="https://arxiv.org/abs/2203.12817">Continual Learning and Private Unlearning</a>.
 */
@JsonTypeName("gradient-difference")
@Paper(title = "Gradient difference", value = "https://arxiv.org/abs/2203.12817")
public record GradientDifference(Schedule schedule) implements NetworkMethod {

    public GradientDifference {
        Require.given("schedule", schedule);
    }

    @Override
    public void apply(Task task) {
        task.session().descend(task.network(), descent(task));
    }

    Descent descent(Task task) {
        return new Descent(
                "gradient difference",
                schedule.recipe(task.recipe().augment()),
                schedule.seed(),
                List.of(task.forget(), task.retain()),
                (network, batches) -> network.crossEntropy(batches.get(1)).sub(network.crossEntropy(batches.get(0))));
    }
}
