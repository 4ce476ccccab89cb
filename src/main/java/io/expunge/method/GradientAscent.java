package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Descent;
import java.util.List;

/**
 * Climbs the loss of what is to be forgotten.
 *
 * <p>min −L(θ; D_f) from θ₀. Graves et al. 2021, Thudi et al. 2022,
 * <a href="https://arxiv.org/abs/2109.13398">Unrolling SGD</a>. It has no bound below: many steps destroy the model.
 */
@JsonTypeName("gradient-ascent")
@Paper(title = "Gradient ascent", value = "https://arxiv.org/abs/2109.13398")
public record GradientAscent(Schedule schedule) implements NetworkMethod {

    public GradientAscent {
        Require.given("schedule", schedule);
    }

    @Override
    public void apply(Task task) {
        task.session().descend(task.network(), descent(task));
    }

    Descent descent(Task task) {
        return new Descent(
                "gradient ascent",
                schedule.recipe(task.recipe().augment()),
                schedule.seed(),
                List.of(task.forget()),
                (network, batches) -> network.crossEntropy(batches.getFirst()).neg());
    }
}
