package io.expunge.method;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Decoder;
import io.expunge.engine.ModelRefused;
import io.expunge.engine.Numbers;
import io.expunge.engine.SequenceBatch;
import io.expunge.engine.TextDescent;
import io.expunge.engine.TextDescent.Source;
import io.expunge.engine.TextRecipe;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Turns the representation of what is to be forgotten towards a random direction: RMU.
 *
 * <p>min ‖h_l(x_f; θ) − c u‖² / d + α ‖h_l(x_r; θ) − h_l(x_r; θ_ref)‖² / d, means over the places of answer tokens, with h_l
 * the residual stream of width d after block l and u a random unit vector of numbers in [0, 1). Li et al. 2024, §4,
 * <a href="https://arxiv.org/abs/2403.03218">The WMDP Benchmark</a>.
 *
 * @param block l, counted from 1
 * @param steering c
 * @param retainWeight α
 * @param seed of u and of the order of the records
 */
@JsonTypeName("rmu")
@Paper(title = "Representation misdirection", value = "https://arxiv.org/abs/2403.03218")
public record Misdirection(int block, double steering, double retainWeight, TextRecipe recipe, long seed)
        implements LanguageMethod {

    public Misdirection {
        Require.between("block", block, 1, 1024);
        Require.between("steering", steering, 0, 1e6);
        Require.between("retainWeight", retainWeight, 0, 1e9);
        Require.given("recipe", recipe);
    }

    @Override
    public void requireFit(Decoder decoder) {
        LanguageMethod.super.requireFit(decoder);
        if (block > decoder.layers()) {
            throw new ModelRefused(
                    "block must be at most the model's " + decoder.layers() + " blocks but was " + block);
        }
    }

    @Override
    public void apply(LanguageTask task) {
        requireFit(task.model().decoder());
        var direction = direction(task.model().decoder().width());
        try (var reference = task.model().reference(recipe)) {
            task.session()
                    .descend(
                            task.model(),
                            new TextDescent(
                                    "RMU",
                                    recipe,
                                    seed,
                                    List.of(Source.of(task.forget()), Source.of(task.retain())),
                                    (model, batches) -> {
                                        var forget = batches.get(0);
                                        var retain = batches.get(1);
                                        var turned = distance(
                                                model.residual(forget, block),
                                                forget.space().create(direction),
                                                forget);
                                        var kept = distance(
                                                model.residual(retain, block),
                                                reference.residual(retain, block),
                                                retain);
                                        return forget.told("forget", turned)
                                                .add(retain.told("retain", Numbers.times(kept, retainWeight)));
                                    }));
        }
    }

    /** Mean over the step's places and over the entries. */
    private static NDArray distance(NDArray here, NDArray there, SequenceBatch batch) {
        return Numbers.over(here.sub(there).square().mean(new int[] {1}).sum(), batch.targetsOfStep());
    }

    /** c u. */
    float[] direction(int width) {
        var random = new SplittableRandom(seed);
        var numbers = random.doubles(width).toArray();
        double norm = 0;
        for (double number : numbers) {
            norm += number * number;
        }
        var direction = new float[width];
        for (int i = 0; i < width; i++) {
            direction[i] = (float) (steering * numbers[i] / Math.sqrt(norm));
        }
        return direction;
    }
}
