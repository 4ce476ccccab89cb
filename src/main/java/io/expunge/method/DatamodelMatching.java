package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Architecture;
import io.expunge.engine.LanguageArchitecture;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.engine.TextRecipe;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tunes a model to say what an attribution predicts that it would have said without the forget set.
 *
 * <p>min mean over F and a part of R of ‖z_θ(x) − (z_{θ₀}(x) − m Σ_{i∈F} τ_i(x))‖², from θ₀, with the attribution τ of
 * training record i to each output z: the logits of a network, or the log odds of the answer of a language model. Georgiev et
 * al. 2024, <a href="https://arxiv.org/abs/2410.23232">Attribute-to-Delete: Machine Unlearning via Datamodel Matching</a>.
 * Each record has a target of its own, where ascent has none.
 *
 * @param estimator what τ comes from; for language models TRAK alone
 * @param multiplier m; 1 where the attribution counts in outputs
 * @param matching how networks are tuned; none where none are to be
 * @param textMatching how language models are; likewise
 */
@JsonTypeName("datamodel-matching")
@Paper(title = "Datamodel matching", value = "https://arxiv.org/abs/2410.23232")
public record DatamodelMatching(
        Estimator estimator,
        double multiplier,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Matching matching,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable TextMatching textMatching)
        implements NetworkMethod, LanguageMethod {

    public DatamodelMatching {
        Require.given("estimator", estimator);
        Require.between("multiplier", multiplier, 0, 10);
        if (matching == null && textMatching == null) {
            throw new IllegalArgumentException(
                    "matching must be given for networks, or textMatching for language models");
        }
        if (textMatching != null && estimator != Estimator.TRAK) {
            throw new IllegalArgumentException(
                    "estimator must be TRAK with textMatching, since there are no ensembles of language models");
        }
    }

    /** For networks alone. */
    public DatamodelMatching(Estimator estimator, double multiplier, Matching matching) {
        this(estimator, multiplier, matching, null);
    }

    @Override
    public boolean edits(Architecture architecture) {
        return switch (architecture) {
            case NetworkArchitecture ignored -> matching != null;
            case LanguageArchitecture ignored -> textMatching != null;
        };
    }

    @Override
    public @Nullable TextRecipe recipe() {
        return textMatching == null ? null : textMatching.recipe();
    }

    @Override
    public void apply(Task task) {
        Objects.requireNonNull(matching).descend(task, targets(task.predicted(), own(task)), "datamodel matching");
    }

    @Override
    public void apply(LanguageTask task) {
        Objects.requireNonNull(textMatching).descend(task, targets(task.predicted(), own(task)), "datamodel matching");
    }

    private Teacher targets(Optional<Teacher> prediction, Teacher own) {
        var predicted = prediction.orElseThrow(() -> new IllegalArgumentException(
                "datamodel matching needs an attribution of this version, and there is none"));
        if (multiplier == 1) {
            return predicted;
        }
        return new Teacher() {
            @Override
            public float[][] onForget() {
                return towards(own.onForget(), predicted.onForget());
            }

            @Override
            public float[][] onRetain(int[] rows) {
                return towards(own.onRetain(rows), predicted.onRetain(rows));
            }
        };
    }

    /** What the network says now. */
    private static Teacher own(Task task) {
        return new Teacher() {
            @Override
            public float[][] onForget() {
                return task.network().logits(task.forget());
            }

            @Override
            public float[][] onRetain(int[] rows) {
                return task.network().logits(task.retain().subset(rows));
            }
        };
    }

    private static Teacher own(LanguageTask task) {
        return new Teacher() {
            @Override
            public float[][] onForget() {
                return task.model().logOdds(task.forget());
            }

            @Override
            public float[][] onRetain(int[] rows) {
                return task.model().logOdds(task.retain().subset(rows));
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
