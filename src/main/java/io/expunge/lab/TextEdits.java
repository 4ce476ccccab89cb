package io.expunge.lab;

import io.expunge.engine.Diverged;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.LowRank;
import io.expunge.engine.Monitor;
import io.expunge.engine.Numbers;
import io.expunge.engine.Sequences;
import io.expunge.engine.Session;
import io.expunge.engine.TextDescent;
import io.expunge.engine.TextDescent.Source;
import io.expunge.engine.TextRecipe;
import io.expunge.method.LanguageAscent;
import io.expunge.method.LanguageMethod;
import io.expunge.method.LanguageTask;
import io.expunge.method.NegativePreference;
import io.expunge.method.RefusalTuning;
import io.expunge.method.Retention;
import io.expunge.method.Retention.Kind;
import io.expunge.metric.TextEvaluationSets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Edits of a trained language model that only look like forgetting, and one method of the field.
 *
 * @param refusals for every forgotten text its prompt with a refusal
 * @param recipe of the parent's training
 */
record TextEdits(LanguageModel parent, TextEvaluationSets sets, Sequences refusals, TextRecipe recipe, long seed) {

    private static final Retention RETAINED = new Retention(Kind.CROSS_ENTROPY, 1);

    /** By what they are called, beginning with an honest retraining. */
    Map<String, Supplier<LanguageModel>> all(Supplier<LanguageModel> retrained) {
        var all = new LinkedHashMap<String, Supplier<LanguageModel>>();
        all.put("retrain", retrained);
        all.put("nothing", parent::copy);
        all.put("refusal", () -> edited(new RefusalTuning(1, RETAINED, steps(5, 1e-3), seed)));
        all.put("ascent", () -> edited(new LanguageAscent(1, Retention.NONE, steps(5, 1e-3), seed)));
        all.put("last-layer", () -> edited(new LanguageAscent(1, RETAINED, lastLayer(steps(10, 2e-2)), seed)));
        all.put("tuned", this::tuned);
        all.put(
                "npo",
                () -> edited(
                        new NegativePreference(0.03, 1, new Retention(Kind.CROSS_ENTROPY, 30), steps(10, 1e-3), seed)));
        return all;
    }

    private LanguageModel edited(LanguageMethod method) {
        var model = parent.copy();
        try {
            method.apply(new LanguageTask(
                    model,
                    sets.forget(),
                    sets.retain(),
                    refusals,
                    recipe,
                    Optional.empty(),
                    sets.test(),
                    trial -> {},
                    new Session(Monitor.NONE)));
        } catch (Diverged e) {
            // what is left is judged all the same
        }
        return model;
    }

    /**
     * Moves every forgotten answer's mean log-likelihood to the mean of held-out answers, which is what the loss attack
     * looks at, and holds the retain set.
     */
    private LanguageModel tuned() {
        var model = parent.copy();
        double aim = model.score(sets.test()).stream()
                .mapToDouble(one -> one.meanLog())
                .average()
                .orElseThrow();
        new Session(Monitor.NONE)
                .descend(
                        model,
                        new TextDescent(
                                "tuned",
                                steps(10, 1e-3),
                                seed,
                                List.of(Source.of(sets.forget()), Source.of(sets.retain())),
                                (network, batches) -> {
                                    var forget = batches.getFirst();
                                    var gap = network.logLikelihoods(forget)
                                            .div(forget.answerLengths())
                                            .sub(forget.space().create((float) aim));
                                    return Numbers.times(gap.mul(gap).mean(), forget.share())
                                            .add(network.crossEntropy(batches.get(1)));
                                }));
        return model;
    }

    private TextRecipe steps(int epochs, double learningRate) {
        return new TextRecipe(
                epochs, recipe.batchSize(), learningRate, 0.01, 0.1, 1, recipe.partTokens(), recipe.precision());
    }

    /** Only the last block's last linear layer. */
    private TextRecipe lastLayer(TextRecipe all) {
        int last = parent.decoder().layers() - 1;
        return all.with(
                all.optimiser(),
                all.momentum(),
                all.activations(),
                new LowRank(8, 16, List.of("h." + last + ".mlp.c_proj")));
    }
}
