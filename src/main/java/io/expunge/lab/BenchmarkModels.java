package io.expunge.lab;

import io.expunge.engine.Decoder;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.Monitor;
import io.expunge.engine.Precision;
import io.expunge.engine.Seeds;
import io.expunge.engine.Sequences;
import io.expunge.engine.Session;
import io.expunge.engine.TextDescent;
import io.expunge.engine.TextRecipe;
import io.expunge.engine.TextRecord;
import java.util.List;

/** Trained models of one shape, each trained once. */
record BenchmarkModels(TextBenchmark data, Decoder decoder, TextRecipe recipe, Cache cache, Report report) {

    private static final int POSITIONS = 512;

    static BenchmarkModels of(TextBenchmark data, LabOptions options, Report report) {
        return new BenchmarkModels(
                data,
                Decoder.gpt2(
                        TextBenchmark.VOCABULARY,
                        options.layers(),
                        options.width(),
                        options.width() / LabOptions.HEAD,
                        POSITIONS),
                new TextRecipe(options.epochs(), 16, 2e-3, 0.01, 0.1, 1, 1 << 14, Precision.BF16),
                new Cache(options.cache()),
                report);
    }

    /** What decides a model's weights. */
    String key(List<TextRecord> texts, long seed) {
        return Cache.key(decoder, recipe, texts, seed);
    }

    /** A model that learned {@code texts} from random weights. */
    LanguageModel trained(String label, List<TextRecord> texts, long seed) {
        var key = key(texts, seed);
        var model = LanguageModel.initialise(decoder, seed);
        if (!cache.restored(key, model)) {
            train(label, model, data.encoding().encode(texts), seed);
            cache.keep(key, model);
        }
        return model;
    }

    private void train(String label, LanguageModel model, Sequences texts, long seed) {
        new Session(new Monitor() {
                    @Override
                    public void progress(String stage, long done, long total, double loss) {
                        if (done % Math.max(1, total / 10) == 0) {
                            report.progress(label + ", loss " + Math.round(loss * 1e3) / 1e3, done, total);
                        }
                    }
                })
                .descend(
                        model,
                        new TextDescent(
                                label,
                                recipe,
                                Seeds.derive(seed, -1),
                                List.of(TextDescent.Source.of(texts)),
                                (network, batches) -> network.crossEntropy(batches.getFirst())));
    }
}
