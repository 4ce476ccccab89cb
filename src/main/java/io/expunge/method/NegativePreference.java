package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Numbers;
import io.expunge.engine.TextDescent.Source;
import io.expunge.engine.TextRecipe;
import java.util.List;

/**
 * Negative preference optimisation: NPO, with a retain term NPO + RT or NPO + KL.
 *
 * <p>min γ (2/β) E_f[ −log σ(β (NLL_θ(y|x) − NLL_ref(y|x))) ] + α R(D_r) from θ_ref, with NLL the <em>sum</em> over answer
 * tokens. Zhang et al. 2024, equations 3 and 4, <a href="https://arxiv.org/abs/2404.05868">Negative Preference
 * Optimization: From Catastrophic Collapse to Effective Unlearning</a>. NLL_ref is computed once for every record.
 *
 * @param beta β; 0.1 in the paper
 * @param forgetWeight γ
 * @param retention R and α
 * @param seed decides the order of the records
 */
@JsonTypeName("npo")
@Paper(title = "Negative preference optimisation", value = "https://arxiv.org/abs/2404.05868")
public record NegativePreference(double beta, double forgetWeight, Retention retention, TextRecipe recipe, long seed)
        implements LanguageMethod {

    public NegativePreference {
        Require.between("beta", beta, 1e-6, 1e3);
        Require.between("forgetWeight", forgetWeight, 1e-6, 1e6);
        Require.given("retention", retention);
        Require.given("recipe", recipe);
    }

    @Override
    public void apply(LanguageTask task) {
        var before = Likelihoods.of(task.model(), task.forget());
        retention.descend(task, "NPO", recipe, seed, List.of(Source.of(task.forget())), (model, batches) -> {
            var forget = batches.getFirst();
            return Numbers.times(
                    PreferenceLosses.npo(model.logLikelihoods(forget).neg(), before.of(forget), beta),
                    forgetWeight * forget.share());
        });
    }

    /** The same with another β. */
    NegativePreference with(double otherBeta) {
        return new NegativePreference(otherBeta, forgetWeight, retention, recipe, seed);
    }

    /** The same with another step size and another retain weight. */
    NegativePreference with(double learningRate, double retainWeight) {
        return new NegativePreference(
                beta,
                forgetWeight,
                new Retention(retention.kind(), retainWeight),
                recipe.withLearningRate(learningRate),
                seed);
    }
}
