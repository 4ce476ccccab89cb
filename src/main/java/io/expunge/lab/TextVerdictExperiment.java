package io.expunge.lab;

import io.expunge.engine.Decoder;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.Monitor;
import io.expunge.engine.Precision;
import io.expunge.engine.Seeds;
import io.expunge.engine.Sequences;
import io.expunge.engine.Session;
import io.expunge.engine.TextDescent;
import io.expunge.engine.TextEncoding;
import io.expunge.engine.TextRecipe;
import io.expunge.engine.TextRecord;
import io.expunge.metric.TextAnswers;
import io.expunge.metric.TextBattery;
import io.expunge.metric.TextEvaluationSets;
import io.expunge.metric.Thresholds;
import io.expunge.metric.Verdict;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Tests the verdict on language models as any instrument is tested: what share of honest retrainings passes, and what
 * share of planted cheats does not. Texts are TOFU's; each seed forgets other authors.
 */
public final class TextVerdictExperiment implements Experiment {

    private static final int REFERENCES = 3;
    private static final int VOCABULARY = 2048;
    private static final int LAYERS = 2;
    private static final int WIDTH = 128;
    private static final int POSITIONS = 512;

    private final String name;
    private final long firstSeed;

    private TextVerdictExperiment(String name, long firstSeed) {
        this.name = name;
        this.firstSeed = firstSeed;
    }

    /** The pass rates, on seeds that the limits were not chosen on. */
    public static Experiment measured() {
        return new TextVerdictExperiment("verdict-text", 4000);
    }

    /** The same on the seeds that the limits were chosen on. */
    public static Experiment calibration() {
        return new TextVerdictExperiment("verdict-text-calibration", 0);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void run(Path data, int seeds, LabOptions options, Report report) {
        var tally = new VerdictTally(report);
        var authors = new TofuAuthors(data);
        for (int s = 0; s < seeds; s++) {
            seed(authors.drawn(firstSeed + s), firstSeed + s, tally);
            report.progress("tofu seed " + (firstSeed + s), s + 1, seeds);
        }
        tally.print("tofu");
    }

    private static void seed(TofuAuthors.Drawn texts, long seed, VerdictTally tally) {
        try (var tokenizer = LabTokenizer.train(texts.learned(), VOCABULARY)) {
            var encoding = new TextEncoding(tokenizer);
            var decoder = Decoder.gpt2(VOCABULARY, LAYERS, WIDTH, WIDTH / LabOptions.HEAD, POSITIONS);
            var sets = new TextEvaluationSets(
                    encoding.encode(texts.forget()),
                    read(texts.forget()),
                    encoding.encode(texts.paraphrased()),
                    encoding.encode(texts.retain()),
                    encoding.encode(texts.heldOut()),
                    read(texts.heldOut()));
            var recipe = new TextRecipe(15, 16, 3e-3, 0.01, 0.1, 1, 1 << 14, Precision.FP32);
            var trainer = new Training(decoder, recipe);
            var battery = new TextBattery(seed);
            try (var parent = trainer.trained(encoding.encode(texts.learned()), 100 * seed)) {
                var before = battery.ask(parent, sets, recipe, Monitor.NONE);
                var references = IntStream.range(0, REFERENCES)
                        .mapToObj(k ->
                                asked(battery, sets, recipe, () -> trainer.trained(sets.retain(), 100 * seed + 10 + k)))
                        .toList();
                var edits = new TextEdits(parent, sets, encoding.encode(texts.refusals()), recipe, seed);
                edits.all(() -> trainer.trained(sets.retain(), 100 * seed + 10 + REFERENCES))
                        .forEach((edit, model) -> {
                            var after = asked(battery, sets, recipe, model);
                            for (int count = 1; count <= REFERENCES; count++) {
                                var findings = battery.compare(before, after, references.subList(0, count), sets);
                                var verdict = Verdict.of(findings, Thresholds.calibrated());
                                tally.add("tofu", "authors", edit, count, findings, verdict);
                            }
                        });
            }
        }
    }

    private static TextAnswers asked(
            TextBattery battery, TextEvaluationSets sets, TextRecipe recipe, Supplier<LanguageModel> supplier) {
        try (var model = supplier.get()) {
            return battery.ask(model, sets, recipe, Monitor.NONE);
        }
    }

    private static List<String> read(List<TextRecord> texts) {
        return texts.stream().map(text -> text.prompt() + text.reply()).toList();
    }

    private record Training(Decoder decoder, TextRecipe recipe) {

        LanguageModel trained(Sequences texts, long seed) {
            var model = LanguageModel.initialise(decoder, seed);
            new Session(Monitor.NONE)
                    .descend(
                            model,
                            new TextDescent(
                                    "training",
                                    recipe,
                                    Seeds.derive(seed, -1),
                                    List.of(TextDescent.Source.of(texts)),
                                    (network, batches) -> network.crossEntropy(batches.getFirst())));
            return model;
        }
    }
}
