package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Numbers;
import io.expunge.engine.TextDescent.Source;
import io.expunge.engine.TextRecipe;
import java.util.List;

/**
 * Direct preference of a refusal over the answer that is to be forgotten: IdkDPO.
 *
 * <p>min γ (2/β) E_f[ −log σ(β ((log π_θ(idk|x) − log π_θ(y|x)) − (log π_ref(idk|x) − log π_ref(y|x)))) ] + α R(D_r).
 * Rafailov et al. 2023, <a href="https://arxiv.org/abs/2305.18290">Direct Preference Optimization</a>, used for unlearning
 * by Maini et al. 2024.
 *
 * @param beta β; 0.1 in the papers
 * @param forgetWeight γ
 * @param retention R and α
 * @param seed decides the order of the records
 */
@JsonTypeName("idk-dpo")
@Paper(title = "DPO towards refusals", value = "https://arxiv.org/abs/2305.18290")
public record RefusalPreference(double beta, double forgetWeight, Retention retention, TextRecipe recipe, long seed)
        implements LanguageMethod {

    public RefusalPreference {
        Require.between("beta", beta, 1e-6, 1e3);
        Require.between("forgetWeight", forgetWeight, 1e-6, 1e6);
        Require.given("retention", retention);
        Require.given("recipe", recipe);
    }

    @Override
    public void apply(LanguageTask task) {
        var answers = Likelihoods.of(task.model(), task.forget());
        var refusals = Likelihoods.of(task.model(), task.refusals());
        var sources = List.of(Source.of(task.forget()), Source.alongside(task.refusals()));
        retention.descend(task, "DPO towards refusals", recipe, seed, sources, (model, batches) -> {
            var answer = batches.get(0);
            var refusal = batches.get(1);
            return Numbers.times(
                    PreferenceLosses.dpo(
                            model.logLikelihoods(refusal).neg(),
                            model.logLikelihoods(answer).neg(),
                            refusals.of(refusal),
                            answers.of(answer),
                            beta),
                    forgetWeight * answer.share());
        });
    }
}
