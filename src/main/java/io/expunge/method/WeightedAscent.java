package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Numbers;
import io.expunge.engine.TextDescent.Source;
import io.expunge.engine.TextRecipe;
import java.util.List;

/**
 * Climbs the loss of what is to be forgotten, the less the more of it is forgotten.
 *
 * <p>min −γ mean_t[ p_t^β · CE_t ] + α CE(D_r), over the answer tokens t of the forget set, with p_t = π_θ(y_t | x, y_<t)
 * taken for a constant. Wang et al. 2025, <a href="https://arxiv.org/abs/2502.19301">Rethinking LLM Unlearning Objectives:
 * A Gradient Perspective and Go Beyond</a>.
 *
 * @param beta β
 * @param forgetWeight γ
 * @param retention α; of the cross-entropy or none
 * @param seed decides the order of the records
 */
@JsonTypeName("weighted-ascent")
@Paper(title = "WGA", value = "https://arxiv.org/abs/2502.19301")
public record WeightedAscent(double beta, double forgetWeight, Retention retention, TextRecipe recipe, long seed)
        implements LanguageMethod {

    public WeightedAscent {
        Require.between("beta", beta, 0, 100);
        Require.between("forgetWeight", forgetWeight, 1e-6, 1e6);
        Require.given("retention", retention);
        Require.given("recipe", recipe);
    }

    @Override
    public void apply(LanguageTask task) {
        retention.descend(
                task, "weighted ascent", recipe, seed, List.of(Source.of(task.forget())), (model, batches) -> {
                    var forget = batches.getFirst();
                    var logs = model.tokenLogProbabilities(forget);
                    var weights = logs.stopGradient().mul((float) beta).exp();
                    return Numbers.times(weights.mul(logs).sum(), forgetWeight / forget.targetsOfStep());
                });
    }
}
