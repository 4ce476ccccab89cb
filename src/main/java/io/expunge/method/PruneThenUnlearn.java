package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Descent;
import io.expunge.engine.Examples;
import io.expunge.engine.Objective;
import io.expunge.engine.Recipe;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Prunes first, then unlearns on what is left.
 *
 * <p>One-shot magnitude pruning: m = 1 for the largest (1 − s) of |θ₀| over the matrices of all convolutions and linear
 * layers together; biases and normalisation are kept. The kept weights begin again at their early values (where those
 * were kept), are trained on D under the mask for some epochs, and an inner method edits m ⊙ θ. The unlearning error is
 * O(‖m ⊙ (θ_t − θ_0)‖). Jia et al. 2023, section 4,
 * <a href="https://arxiv.org/abs/2304.04934">Model Sparsity Can Simplify Machine Unlearning</a>.
 *
 * @param sparsity s, the share of the weights that is held at zero
 * @param rewindEpochs epochs of masked training on everything that the version learned from
 * @param inner the method that then unlearns: a single descent
 */
@JsonTypeName("prune-then-unlearn")
@Paper(title = "Prune first, then unlearn", value = "https://arxiv.org/abs/2304.04934")
public record PruneThenUnlearn(double sparsity, int rewindEpochs, NetworkMethod inner) implements NetworkMethod {

    public PruneThenUnlearn {
        Require.between("sparsity", sparsity, 0, 0.999);
        Require.between("rewindEpochs", rewindEpochs, 1, 10_000);
        Require.given("inner", inner);
        if (!descendsOnce(inner)) {
            throw new IllegalArgumentException("inner must be a single descent of weights, not " + inner.name());
        }
    }

    @Override
    public void apply(Task task) {
        unlearn(task, prune(task));
    }

    /**
     * The first half: prunes the network and trains what is left on everything that the version learned from.
     *
     * @return 1 for kept weights and 0 for pruned ones, by tensor
     */
    public Map<String, float[]> prune(Task task) {
        var network = task.network();
        var masks = masks(network.weights(), network.matrices(), sparsity);
        network.restore(masked(task.rewind().orElseGet(network::weights), masks));
        var recipe = task.recipe();
        task.session()
                .descend(
                        network,
                        new Descent(
                                        "training the pruned network",
                                        new Recipe(
                                                rewindEpochs,
                                                recipe.batchSize(),
                                                recipe.learningRate(),
                                                recipe.momentum(),
                                                recipe.weightDecay(),
                                                recipe.schedule(),
                                                recipe.augment()),
                                        seed(),
                                        List.of(Examples.concat(task.retain(), task.forget())),
                                        Objective::crossEntropy)
                                .masked(masks));
        return masks;
    }

    /** The second half: the inner method on the kept weights. */
    public void unlearn(Task task, Map<String, float[]> masks) {
        task.session().descend(task.network(), innerDescent(task).masked(masks));
    }

    private static boolean descendsOnce(NetworkMethod inner) {
        return switch (inner) {
            case FineTuning _,
                    GradientAscent _,
                    GradientDifference _,
                    NegativeGradientPlus _,
                    RandomLabels _,
                    L1Sparse _ -> true;
            case ExactRetraining _,
                    PruneThenUnlearn _,
                    Scrub _,
                    DatamodelMatching _,
                    OracleMatching _,
                    CurvatureEdit _,
                    SingularValueTruncation _ -> false;
        };
    }

    private Descent innerDescent(Task task) {
        return switch (inner) {
            case FineTuning method -> method.descent(task);
            case GradientAscent method -> method.descent(task);
            case GradientDifference method -> method.descent(task);
            case NegativeGradientPlus method -> method.descent(task);
            case RandomLabels method -> method.descent(task);
            case L1Sparse method -> method.descent(task);
            default -> throw new IllegalStateException("refused at construction");
        };
    }

    private long seed() {
        return switch (inner) {
            case FineTuning method -> method.schedule().seed();
            case GradientAscent method -> method.schedule().seed();
            case GradientDifference method -> method.schedule().seed();
            case NegativeGradientPlus method -> method.schedule().seed();
            case RandomLabels method -> method.schedule().seed();
            case L1Sparse method -> method.schedule().seed();
            default -> throw new IllegalStateException("refused at construction");
        };
    }

    /** 1 for kept weights and 0 for pruned ones, by tensor; exactly ⌊s n⌋ of the n weights are pruned, ties in order. */
    static Map<String, float[]> masks(Map<String, float[]> weights, List<String> matrices, double sparsity) {
        int total = matrices.stream().mapToInt(name -> of(weights, name).length).sum();
        var magnitudes = new float[total];
        int at = 0;
        for (var name : matrices) {
            for (float weight : of(weights, name)) {
                magnitudes[at++] = Math.abs(weight);
            }
        }
        Arrays.sort(magnitudes);
        int pruned = (int) Math.floor(sparsity * total);
        float threshold = pruned == 0 ? -1 : magnitudes[pruned - 1];
        int ties = pruned;
        for (int i = 0; i < pruned && magnitudes[i] < threshold; i++) {
            ties--;
        }
        Map<String, float[]> masks = new LinkedHashMap<>();
        for (var name : matrices) {
            var values = of(weights, name);
            var mask = new float[values.length];
            for (int i = 0; i < mask.length; i++) {
                float magnitude = Math.abs(values[i]);
                boolean tied = magnitude == threshold && ties-- > 0;
                mask[i] = magnitude < threshold || tied ? 0 : 1;
            }
            masks.put(name, mask);
        }
        return masks;
    }

    private static float[] of(Map<String, float[]> weights, String name) {
        return Objects.requireNonNull(weights.get(name), name);
    }

    /** The weights with zeros where the masks have them. */
    public static Map<String, float[]> masked(Map<String, float[]> weights, Map<String, float[]> masks) {
        Map<String, float[]> result = new LinkedHashMap<>();
        weights.forEach((name, values) -> {
            var mask = masks.get(name);
            var copy = values.clone();
            for (int i = 0; mask != null && i < copy.length; i++) {
                copy[i] = mask[i] == 0 ? 0 : copy[i];
            }
            result.put(name, copy);
        });
        return result;
    }
}
