package io.expunge.lab;

import io.expunge.engine.LanguageModel;
import io.expunge.engine.Monitor;
import io.expunge.engine.Precision;
import io.expunge.engine.Sampling;
import io.expunge.engine.Sequences;
import io.expunge.engine.Session;
import io.expunge.engine.TextDescent;
import io.expunge.engine.TextRecipe;
import io.expunge.engine.TextRecord;
import io.expunge.engine.TokenScores;
import io.expunge.lab.TextBenchmark.Probe;
import io.expunge.metric.AnswerProbability;
import io.expunge.metric.KolmogorovSmirnov;
import io.expunge.metric.MembershipScore;
import io.expunge.metric.Memorisation;
import io.expunge.metric.Memorisation.LastToken;
import io.expunge.metric.ModelUtility;
import io.expunge.metric.Quantisation;
import io.expunge.metric.RelearningCurve;
import io.expunge.metric.RougeL;
import io.expunge.metric.TextMembership;
import io.expunge.metric.TruthRatio;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** What is asked of every model of one split, and how the answers compare with a retrained model's. */
final class BenchmarkEvaluation {

    private static final int WORDS = 60;
    private static final int SHORT = 16;
    private static final int RELEARNING_STEPS = 4;
    private static final TextRecipe RELEARNING = new TextRecipe(1, 16, 5e-4, 0.01, 0, 1, 1 << 14, Precision.FP32);

    private final TextBenchmark data;
    private final TextBenchmark.Split split;
    private final Sequences forget;
    private final Sequences heldOut;
    private final Retrained retrained;

    /** What a retrained model answers. */
    private record Retrained(double[] truthRatios, TextMembership membership, RelearningCurve relearning) {}

    BenchmarkEvaluation(TextBenchmark data, TextBenchmark.Split split, LanguageModel retrainedModel) {
        this.data = data;
        this.split = split;
        this.forget = data.encoding().encode(split.forget());
        this.heldOut = data.encoding().encode(split.heldOut());
        this.retrained = new Retrained(
                ratios(retrainedModel, split.forgetProbes(), TruthRatio.GEOMETRIC),
                membership(retrainedModel),
                relearning(retrainedModel));
    }

    /** What settings are chosen by: the distance of truth ratios and the utility on the retain set. */
    Map<String, Double> brief(LanguageModel model) {
        var figures = new LinkedHashMap<String, Double>();
        var quality = KolmogorovSmirnov.between(
                ratios(model, split.forgetProbes(), TruthRatio.GEOMETRIC), retrained.truthRatios());
        figures.put("ksd", quality.statistic());
        figures.put("mu", ModelUtility.of(knowledge(figures, "retain", model, split.retainProbes(), false)));
        return figures;
    }

    /** Figures by name; the model is as it was afterwards. */
    Map<String, Double> figures(LanguageModel model) {
        var figures = new LinkedHashMap<String, Double>();
        var quality = KolmogorovSmirnov.between(
                ratios(model, split.forgetProbes(), TruthRatio.GEOMETRIC), retrained.truthRatios());
        figures.put("fq", quality.probability());
        figures.put("ksd", quality.statistic());
        var retain = knowledge(figures, "retain", model, split.retainProbes(), false);
        data.general().forEach((set, probes) -> knowledge(figures, set, model, probes, true));
        figures.put("mu", ModelUtility.of(retain));
        var scores = model.score(forget);
        figures.put("es", mean(scores, one -> Memorisation.extractionStrength(one.right(), LastToken.DROPPED)));
        figures.put("em", exact(scores));
        figures.put(
                "privleak",
                TextMembership.privacyLeak(
                        membership(model).area(), retrained.membership().area()));
        figures.put("relearn", relearning(model).lead(retrained.relearning()));
        figures.put("quant4", quantised(model));
        return figures;
    }

    private ModelUtility.Knowledge knowledge(
            Map<String, Double> figures, String set, LanguageModel model, List<Probe> probes, boolean options) {
        var right = logs(model, probes.stream().map(Probe::text).toList());
        double probability = options
                ? among(model, probes, right)
                : right.stream().mapToDouble(Math::exp).average().orElseThrow();
        double recall = recall(model, probes, options ? SHORT : WORDS);
        double kept = TruthRatio.kept(ratios(model, probes, TruthRatio.ARITHMETIC));
        figures.put(set + "-probability", probability);
        figures.put(set + "-recall", recall);
        figures.put(set + "-truthratio", kept);
        return new ModelUtility.Knowledge(probability, recall, kept);
    }

    private double among(LanguageModel model, List<Probe> probes, List<Double> right) {
        var wrong = wrong(model, probes);
        return IntStream.range(0, probes.size())
                .mapToDouble(i -> AnswerProbability.amongOptions(right.get(i), wrong.get(i)))
                .average()
                .orElseThrow();
    }

    private double[] ratios(LanguageModel model, List<Probe> probes, TruthRatio variant) {
        var right = logs(model, probes.stream().map(Probe::paraphrase).toList());
        var wrong = wrong(model, probes);
        return IntStream.range(0, probes.size())
                .mapToDouble(i -> variant.of(right.get(i), wrong.get(i)))
                .toArray();
    }

    private List<double[]> wrong(LanguageModel model, List<Probe> probes) {
        var logs = logs(
                model, probes.stream().flatMap(probe -> probe.wrong().stream()).toList());
        var all = new ArrayList<double[]>();
        int at = 0;
        for (var probe : probes) {
            int from = at;
            at += probe.wrong().size();
            all.add(logs.subList(from, at).stream().mapToDouble(log -> log).toArray());
        }
        return all;
    }

    /** Mean log-probability of a token by text. */
    private List<Double> logs(LanguageModel model, List<TextRecord> texts) {
        return model.score(data.encoding().encode(texts)).stream()
                .map(one -> AnswerProbability.meanLog(one.logProbabilities()))
                .toList();
    }

    private double recall(LanguageModel model, List<Probe> probes, int words) {
        var prompts = probes.stream()
                .map(probe -> data.encoding().prompt(probe.text().prompt()))
                .toList();
        var written = model.generate(
                prompts, Sampling.greedy(words, Set.of(data.encoding().end())));
        return IntStream.range(0, probes.size())
                .mapToDouble(i -> RougeL.of(
                                probes.get(i).text().reply(), data.tokenizer().decode(written.get(i)))
                        .recall())
                .average()
                .orElseThrow();
    }

    private TextMembership membership(LanguageModel model) {
        return TextMembership.of(minK(model, forget), minK(model, heldOut));
    }

    private static double[] minK(LanguageModel model, Sequences texts) {
        return model.score(texts).stream()
                .mapToDouble(one -> MembershipScore.minK(one.logProbabilities(), MembershipScore.SHARE))
                .toArray();
    }

    /** Exact memorisation of the forget set before and after each of a few passes over one half of it; of the other half. */
    private RelearningCurve relearning(LanguageModel model) {
        var half = forget.subset(
                IntStream.range(0, forget.size()).filter(i -> i % 2 == 0).toArray());
        var other = forget.subset(
                IntStream.range(0, forget.size()).filter(i -> i % 2 == 1).toArray());
        var steps = new int[RELEARNING_STEPS + 1];
        var recall = new double[RELEARNING_STEPS + 1];
        try (var copy = model.copy()) {
            recall[0] = exact(copy.score(other));
            for (int i = 1; i < steps.length; i++) {
                new Session(Monitor.NONE)
                        .descend(
                                copy,
                                new TextDescent(
                                        "relearning",
                                        RELEARNING,
                                        i,
                                        List.of(TextDescent.Source.of(half)),
                                        (network, batches) -> network.crossEntropy(batches.getFirst())));
                steps[i] = i;
                recall[i] = exact(copy.score(other));
            }
        }
        return RelearningCurve.of(steps, recall);
    }

    /** Exact memorisation of the forget set once all matrices of the blocks went through four bits. */
    private double quantised(LanguageModel model) {
        try (var copy = model.copy()) {
            copy.restore(model.withLinear(Quantisation.INT4::roundTrip));
            return exact(copy.score(forget));
        }
    }

    private static double exact(List<TokenScores> scores) {
        return mean(scores, one -> Memorisation.exact(one.right(), LastToken.DROPPED));
    }

    private static double mean(List<TokenScores> scores, ToDoubleFunction<TokenScores> of) {
        return scores.stream().mapToDouble(of).average().orElseThrow();
    }
}
