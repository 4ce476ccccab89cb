package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Descent;
import io.expunge.engine.Objective;
import java.util.List;

/**
 * Goes on learning from the retain set and hopes that the rest is forgotten.
 *
 * <p>min L(θ; D_r) from θ₀. Baseline of Jia et al. 2023,
 * <a href="https://arxiv.org/abs/2304.04934">Model Sparsity Can Simplify Machine Unlearning</a>, which uses 10 epochs at
 * η = 0.01.
 */
@JsonTypeName("fine-tuning")
@Paper(title = "Fine-tuning on the retain set", value = "https://arxiv.org/abs/2304.04934")
public record FineTuning(Schedule schedule) implements NetworkMethod {

    public FineTuning {
        Require.given("schedule", schedule);
    }

    @Override
    public void apply(Task task) {
        task.session().descend(task.network(), descent(task));
    }

    Descent descent(Task task) {
        return new Descent(
                "fine-tuning",
                schedule.recipe(task.recipe().augment()),
                schedule.seed(),
                List.of(task.retain()),
                Objective::crossEntropy);
    }
}
