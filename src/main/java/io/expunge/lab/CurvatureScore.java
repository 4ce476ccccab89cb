package io.expunge.lab;

import io.expunge.engine.LanguageModel;
import io.expunge.metric.CapabilityProbes;
import io.expunge.metric.NextTokenRanking;
import io.expunge.metric.Perplexity;
import io.expunge.metric.RecitationProbe;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a made model says after an edit. */
final class CurvatureScore {

    private final CurvatureProblem problem;
    private final double perplexity;
    private final double tuningPerplexity;
    private final List<int[]> ranking;

    /** @param problem with the model as it was trained */
    CurvatureScore(CurvatureProblem problem) {
        this.problem = problem;
        this.perplexity = Perplexity.of(problem.model(), problem.prose());
        this.tuningPerplexity = Perplexity.of(problem.model(), problem.tuningProse());
        this.ranking = NextTokenRanking.base(problem.model(), problem.prose());
    }

    /**
     * What an edit is chosen by, and nothing that it is judged by.
     *
     * @param strict share of the tuning set recited token by token
     * @param levenshtein mean d/L of the tuning set
     * @param perplexity of the tuning prose, in the original's
     * @param sums right, of those for tuning
     */
    record Tuning(double strict, double levenshtein, double perplexity, double sums) {}

    Tuning tuning(LanguageModel model) {
        var recitation = problem.tuning().of(model);
        return new Tuning(
                recitation.strict(),
                recitation.levenshtein(),
                Perplexity.of(model, problem.tuningProse()) / tuningPerplexity,
                share(CapabilityProbes.right(model, problem.tuningSums())));
    }

    /** Every figure of the table, by the end of its key. */
    Map<String, Double> of(LanguageModel model) {
        var figures = new TreeMap<String, Double>();
        recitation(figures, "tuning", problem.tuning(), model);
        recitation(figures, "unseen", problem.unseen(), model);
        figures.put("perplexityratio", Perplexity.of(model, problem.prose()) / perplexity);
        figures.put("ndcg", NextTokenRanking.of(ranking, model, problem.prose()));
        figures.put("sums", 100 * share(CapabilityProbes.right(model, problem.sums())));
        figures.put("facts", 100 * share(CapabilityProbes.right(model, problem.facts())));
        figures.put("lookups", 100 * share(CapabilityProbes.right(model, problem.lookups())));
        return figures;
    }

    private static void recitation(
            Map<String, Double> figures, String set, RecitationProbe probe, LanguageModel model) {
        var recitation = probe.of(model);
        figures.put(set + ".strict", 100 * recitation.strict());
        figures.put(set + ".loose", 100 * recitation.loose());
        figures.put(set + ".levenshtein", recitation.levenshtein());
        figures.put(set + ".shifted", 100 * probe.shifted(model));
    }

    private static double share(double[] right) {
        return Arrays.stream(right).average().orElseThrow();
    }
}
