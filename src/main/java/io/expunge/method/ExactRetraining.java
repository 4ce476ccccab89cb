package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Descent;
import io.expunge.engine.Network;
import io.expunge.engine.Objective;
import io.expunge.engine.Seeds;
import io.expunge.engine.TextDescent;
import java.util.List;

/**
 * Fresh weights trained on the retain set with the version's own recipe: the only method that is exact.
 *
 * <p>θ ← train(D_r). Every other method is measured by its distance to this one. Bourtoule et al. 2021,
 * <a href="https://arxiv.org/abs/1912.03817">Machine Unlearning</a>.
 *
 * @param seed of the weights and of the order of the examples
 */
@JsonTypeName("exact-retraining")
@Paper(title = "Exact retraining", value = "https://arxiv.org/abs/1912.03817")
public record ExactRetraining(long seed) implements NetworkMethod, LanguageMethod {

    @Override
    public void apply(Task task) {
        task.network().restore(Network.initial(task.network().architecture(), seed));
        task.session()
                .descend(
                        task.network(),
                        new Descent(
                                "retraining",
                                task.recipe(),
                                Seeds.derive(seed, -1),
                                List.of(task.retain()),
                                Objective::crossEntropy));
    }

    @Override
    public void apply(LanguageTask task) {
        task.start(seed);
        task.session()
                .descend(
                        task.model(),
                        new TextDescent(
                                "retraining",
                                task.recipe(),
                                Seeds.derive(seed, -1),
                                List.of(TextDescent.Source.of(task.retain())),
                                (model, batches) -> model.crossEntropy(batches.getFirst())));
    }
}
