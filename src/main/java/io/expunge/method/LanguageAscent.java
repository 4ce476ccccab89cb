package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Numbers;
import io.expunge.engine.TextDescent.Source;
import io.expunge.engine.TextRecipe;
import java.util.List;

/**
 * Climbs the loss of what is to be forgotten.
 *
 * <p>min −γ CE(D_f) + α R(D_r) from θ_ref, with CE the mean over answer tokens: gradient ascent without R, gradient
 * difference where R is the cross-entropy, GA + KL where it is the divergence from the parent. Maini et al. 2024, §4,
 * <a href="https://arxiv.org/abs/2401.06121">TOFU: A Task of Fictitious Unlearning for LLMs</a>. It has no bound below:
 * many steps destroy the model.
 *
 * @param forgetWeight γ
 * @param retention R and α
 * @param seed decides the order of the records
 */
@JsonTypeName("language-ascent")
@Paper(title = "Gradient ascent and difference", value = "https://arxiv.org/abs/2401.06121")
public record LanguageAscent(double forgetWeight, Retention retention, TextRecipe recipe, long seed)
        implements LanguageMethod {

    public LanguageAscent {
        Require.between("forgetWeight", forgetWeight, 1e-6, 1e6);
        Require.given("retention", retention);
        Require.given("recipe", recipe);
    }

    @Override
    public void apply(LanguageTask task) {
        retention.descend(
                task,
                "gradient ascent",
                recipe,
                seed,
                List.of(Source.of(task.forget())),
                (model, batches) -> Numbers.times(model.crossEntropy(batches.getFirst()), -forgetWeight));
    }
}
