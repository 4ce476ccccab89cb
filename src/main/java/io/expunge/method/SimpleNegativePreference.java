package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Numbers;
import io.expunge.engine.TextDescent.Source;
import io.expunge.engine.TextRecipe;
import java.util.List;

/**
 * Negative preference optimisation without a reference, by answers' mean losses: SimNPO.
 *
 * <p>min λ (2/β) E_f[ −log σ(β (NLL_θ(y|x)/|y| − γ)) ] + α R(D_r). Fan et al. 2024,
 * <a href="https://arxiv.org/abs/2410.07163">Simplicity Prevails: Rethinking Negative Preference Optimization for LLM
 * Unlearning</a>.
 *
 * @param beta β; 2.5 to 4.5 in the paper
 * @param margin γ in nats a token; 0 in the paper
 * @param forgetWeight λ; 0.125 to 0.1375 in the paper
 * @param retention R and α
 * @param seed decides the order of the records
 */
@JsonTypeName("simnpo")
@Paper(title = "SimNPO", value = "https://arxiv.org/abs/2410.07163")
public record SimpleNegativePreference(
        double beta, double margin, double forgetWeight, Retention retention, TextRecipe recipe, long seed)
        implements LanguageMethod {

    public SimpleNegativePreference {
        Require.between("beta", beta, 1e-6, 1e3);
        Require.between("margin", margin, 0, 1e3);
        Require.between("forgetWeight", forgetWeight, 1e-6, 1e6);
        Require.given("retention", retention);
        Require.given("recipe", recipe);
    }

    @Override
    public void apply(LanguageTask task) {
        retention.descend(task, "SimNPO", recipe, seed, List.of(Source.of(task.forget())), (model, batches) -> {
            var forget = batches.getFirst();
            return Numbers.times(
                    PreferenceLosses.simNpo(model.logLikelihoods(forget).neg(), forget.answerLengths(), beta, margin),
                    forgetWeight * forget.share());
        });
    }
}
