package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Numbers;
import io.expunge.engine.TextDescent.Source;
import io.expunge.engine.TextRecipe;
import java.util.List;

/**
 * Learns to refuse the questions whose answers are to be forgotten: IdkNLL.
 *
 * <p>min γ CE(idk | x_f) + α R(D_r). Maini et al. 2024, <a href="https://arxiv.org/abs/2401.06121">TOFU: A Task of
 * Fictitious Unlearning for LLMs</a>.
 *
 * @param forgetWeight γ
 * @param retention R and α
 * @param seed decides the order of the records
 */
@JsonTypeName("refusal-tuning")
@Paper(title = "Refusal tuning", value = "https://arxiv.org/abs/2401.06121")
public record RefusalTuning(double forgetWeight, Retention retention, TextRecipe recipe, long seed)
        implements LanguageMethod {

    public RefusalTuning {
        Require.between("forgetWeight", forgetWeight, 1e-6, 1e6);
        Require.given("retention", retention);
        Require.given("recipe", recipe);
    }

    @Override
    public void apply(LanguageTask task) {
        retention.descend(
                task,
                "refusal tuning",
                recipe,
                seed,
                List.of(Source.of(task.refusals())),
                (model, batches) -> Numbers.times(model.crossEntropy(batches.getFirst()), forgetWeight));
    }
}
