package io.expunge.method;

import ai.djl.ndarray.NDArray;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.LanguageObjective;
import io.expunge.engine.Numbers;
import io.expunge.engine.SequenceBatch;
import io.expunge.engine.TextDescent;
import io.expunge.engine.TextDescent.Source;
import io.expunge.engine.TextRecipe;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The term that keeps what is not to be forgotten.
 *
 * @param kind which
 * @param weight α, what it is multiplied by; of no effect for {@link Kind#NONE}
 */
public record Retention(Kind kind, double weight) {

    /** What is asked of records that stay. */
    public enum Kind {
        NONE,
        /** CE(y | x; θ), the mean over answer tokens. */
        CROSS_ENTROPY,
        /** KL(π_ref(·|x) ‖ π_θ(·|x)), the mean over the places of answer tokens; the reference is the parent. */
        DIVERGENCE
    }

    /** Nothing is asked. */
    public static final Retention NONE = new Retention(Kind.NONE, 0);

    public Retention {
        Require.given("retention.kind", kind);
        Require.between("retention.weight", weight, 0, 1e6);
    }

    /**
     * Moves the task's model down a forget term and this one.
     *
     * @param forget what the forget term draws from
     * @param term of the sources' batches, in their order
     */
    void descend(
            LanguageTask task,
            String label,
            TextRecipe recipe,
            long seed,
            List<Source> forget,
            LanguageObjective term) {
        try (var reference = kind == Kind.DIVERGENCE ? task.model().reference(recipe) : null) {
            task.session()
                    .descend(
                            task.model(),
                            new TextDescent(
                                    label,
                                    recipe,
                                    seed,
                                    sources(task, forget),
                                    (model, batches) -> added(term.loss(model, batches), model, batches, reference)));
        }
    }

    private List<Source> sources(LanguageTask task, List<Source> forget) {
        var all = new ArrayList<>(forget);
        if (kind != Kind.NONE) {
            all.add(Source.of(task.retain()));
        }
        return all;
    }

    private NDArray added(
            NDArray loss, LanguageModel model, List<SequenceBatch> batches, @Nullable LanguageModel reference) {
        var retained = batches.getLast();
        if (kind == Kind.NONE) {
            return loss;
        }
        var forgotten = retained.told("forget", loss);
        return forgotten.add(retained.told("retain", Numbers.times(kept(model, retained, reference), weight)));
    }

    private NDArray kept(LanguageModel model, SequenceBatch retained, @Nullable LanguageModel reference) {
        return switch (kind) {
            case NONE -> throw new IllegalStateException("nothing is kept");
            case CROSS_ENTROPY -> model.crossEntropy(retained);
            case DIVERGENCE -> {
                if (reference == null) {
                    throw new IllegalStateException("a divergence needs a reference");
                }
                yield divergence(model, reference, retained);
            }
        };
    }

    /** Σ_v π_ref(v) (log π_ref(v) − log π_θ(v)), mean over the step's tokens to be predicted. */
    private static NDArray divergence(LanguageModel model, LanguageModel reference, SequenceBatch batch) {
        var expected = reference.logits(batch).logSoftmax(1);
        return Numbers.over(
                expected.exp()
                        .mul(expected.sub(model.logits(batch).logSoftmax(1)))
                        .sum(),
                batch.targetsOfStep());
    }
}
