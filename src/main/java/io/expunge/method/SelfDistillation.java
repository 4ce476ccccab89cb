package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Numbers;
import io.expunge.engine.TextDescent.Source;
import io.expunge.engine.TextRecipe;
import java.util.List;

/**
 * Learns from the parent's own answers with the logit of every token that is to be forgotten lowered: UNDIAL.
 *
 * <p>min γ mean_t[ CE(softmax(z_ref − β 1[y_t]), softmax(z_θ)) ] + α R(D_r), over the places of answer tokens t of the forget
 * set. Dong et al. 2025, <a href="https://arxiv.org/abs/2402.10052">UNDIAL: Self-Distillation with Adjusted Logits for
 * Robust Unlearning in Large Language Models</a>.
 *
 * @param beta β; 10 in OpenUnlearning
 * @param forgetWeight γ
 * @param retention R and α
 * @param seed decides the order of the records
 */
@JsonTypeName("undial")
@Paper(title = "UNDIAL", value = "https://arxiv.org/abs/2402.10052")
public record SelfDistillation(double beta, double forgetWeight, Retention retention, TextRecipe recipe, long seed)
        implements LanguageMethod {

    public SelfDistillation {
        Require.between("beta", beta, 0, 1e3);
        Require.between("forgetWeight", forgetWeight, 1e-6, 1e6);
        Require.given("retention", retention);
        Require.given("recipe", recipe);
    }

    @Override
    public void apply(LanguageTask task) {
        try (var reference = task.model().reference(recipe)) {
            retention.descend(task, "UNDIAL", recipe, seed, List.of(Source.of(task.forget())), (model, batches) -> {
                var forget = batches.getFirst();
                var logits = reference.logits(forget);
                int vocabulary = (int) logits.getShape().get(1);
                var lowered =
                        logits.sub(model.targets(forget).oneHot(vocabulary).mul((float) beta));
                return Numbers.times(
                        lowered.softmax(1)
                                .mul(model.logits(forget).logSoftmax(1))
                                .sum(),
                        -forgetWeight / forget.targetsOfStep());
            });
        }
    }
}
