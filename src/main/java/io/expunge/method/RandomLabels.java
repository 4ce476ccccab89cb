package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Descent;
import io.expunge.engine.Examples;
import io.expunge.engine.Objective;
import io.expunge.engine.Seeds;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Learns wrong labels for what is to be forgotten, beside the retain set.
 *
 * <p>min L(θ; D_r ∪ {(x, y′) : (x, y) ∈ D_f}) from θ₀, with y′ uniform over the other classes. Golatkar et al. 2020,
 * <a href="https://arxiv.org/abs/1911.04933">Eternal Sunshine of the Spotless Net</a>; Graves et al. 2021.
 */
@JsonTypeName("random-labels")
@Paper(title = "Random labels", value = "https://arxiv.org/abs/1911.04933")
public record RandomLabels(Schedule schedule) implements NetworkMethod {

    public RandomLabels {
        Require.given("schedule", schedule);
    }

    @Override
    public void apply(Task task) {
        task.session().descend(task.network(), descent(task));
    }

    Descent descent(Task task) {
        var wrong = wrong(task.forget(), task.network().architecture().classes());
        return new Descent(
                "random labels",
                schedule.recipe(task.recipe().augment()),
                schedule.seed(),
                List.of(Examples.concat(task.retain(), wrong)),
                Objective::crossEntropy);
    }

    Examples wrong(Examples forget, int classes) {
        var random = new SplittableRandom(Seeds.derive(schedule.seed(), 1));
        var labels = forget.labels();
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (labels[i] + 1 + random.nextInt(classes - 1)) % classes;
        }
        return forget.relabelled(labels);
    }
}
