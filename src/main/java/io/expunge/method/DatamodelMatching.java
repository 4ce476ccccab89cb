package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeName;

/**
 * Tunes the network to say what an attribution predicts that it would have said without the forget set.
 *
 * <p>min mean over F and a part of R of ‖z_θ(x) − (z_{θ₀}(x) − m Σ_{i∈F} τ_i(x))‖², from θ₀, with the attribution τ of
 * training record i to each logit. Georgiev et al. 2024, <a href="https://arxiv.org/abs/2410.23232">Attribute-to-Delete:
 * Machine Unlearning via Datamodel Matching</a>. Each record has a target of its own, where ascent has none.
 *
 * @param estimator what τ comes from
 * @param multiplier m; 1 where the attribution counts in logits
 */
@JsonTypeName("datamodel-matching")
@Paper(title = "Datamodel matching", value = "https://arxiv.org/abs/2410.23232")
public record DatamodelMatching(Estimator estimator, double multiplier, Matching matching) implements NetworkMethod {

    public DatamodelMatching {
        Require.given("estimator", estimator);
        Require.between("multiplier", multiplier, 0, 10);
        Require.given("matching", matching);
    }

    @Override
    public void apply(Task task) {
        var predicted = task.predicted()
                .orElseThrow(() -> new IllegalArgumentException(
                        "datamodel matching needs an attribution of this version, and there is none"));
        matching.descend(task, multiplier == 1 ? predicted : scaled(predicted, task), "datamodel matching");
    }

    private Teacher scaled(Teacher predicted, Task task) {
        return new Teacher() {
            @Override
            public float[][] onForget() {
                return towards(task.network().logits(task.forget()), predicted.onForget());
            }

            @Override
            public float[][] onRetain(int[] rows) {
                return towards(task.network().logits(task.retain().subset(rows)), predicted.onRetain(rows));
            }
        };
    }

    private float[][] towards(float[][] own, float[][] predicted) {
        for (int i = 0; i < own.length; i++) {
            for (int c = 0; c < own[i].length; c++) {
                own[i][c] += (float) (multiplier * (predicted[i][c] - own[i][c]));
            }
        }
        return own;
    }
}
