package io.expunge.metric;

import io.expunge.engine.LanguageModel;
import io.expunge.engine.Monitor;
import io.expunge.engine.Sequences;
import io.expunge.engine.Stopped;
import io.expunge.engine.TextEncoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What an edit did that makes a version recite less, measured on texts that the parent recites and on others. Nobody is
 * forgotten, so there are no retrained references: each check compares the edited model with its parent or with nothing.
 */
public final class RecitationBattery {

    private static final int LEAST_TEXTS = 4;
    private static final double LOOSE = 0.25;

    private final long seed;

    /** A battery whose draws follow {@code seed}. */
    public RecitationBattery(long seed) {
        this.seed = seed;
    }

    /**
     * Asks both models.
     *
     * @param recited texts that the parent recites, prompts given; none that the edit was tuned on
     * @param others texts that tell what the edit costs, best such as the parent never learned from
     * @param encoding of the models' tokenizer
     * @param monitor asked whether to stop
     * @throws Stopped if it is to; measuring begins anew then
     */
    public Findings measure(
            LanguageModel before,
            LanguageModel after,
            Sequences recited,
            Sequences others,
            TextEncoding encoding,
            Monitor monitor) {
        var unmeasured = new TreeMap<String, String>();
        var findings = new ArrayList<Finding>();
        var parent = new ArrayList<Finding>();
        Map<Check, Supplier<Finding>> work = new LinkedHashMap<>();
        var none = recited.size() < LEAST_TEXTS ? "fewer than " + LEAST_TEXTS + " texts are recited" : "";
        if (none.isEmpty()) {
            var probe = new RecitationProbe(recited);
            var was = probe.distances(before);
            var is = probe.distances(after);
            work.put(Check.RECITATION_STRICT, () -> share(Check.RECITATION_STRICT, strict(was), strict(is)));
            work.put(Check.RECITATION_LOOSE, () -> share(Check.RECITATION_LOOSE, loose(was), loose(is)));
            work.put(
                    Check.RECITATION_SHIFTED,
                    () -> share(Check.RECITATION_SHIFTED, probe.shares(before), probe.shares(after)));
            parent.add(share(Check.RECITATION_STRICT, strict(was), strict(was)));
        } else {
            for (var check : List.of(Check.RECITATION_STRICT, Check.RECITATION_LOOSE, Check.RECITATION_SHIFTED)) {
                unmeasured.put(check.code(), none);
            }
        }
        work.put(Check.COST_PERPLEXITY, () -> perplexity(before, after, others));
        work.put(Check.COST_RANKING, () -> ranking(before, after, others));
        var probes = CapabilityProbes.of(encoding, seed);
        var checks = List.of(Check.COST_ARITHMETIC, Check.COST_FACTS, Check.COST_LOOKUP);
        for (int i = 0; i < checks.size(); i++) {
            var check = checks.get(i);
            var questions = probes.get(i);
            if (questions.all().stream()
                    .allMatch(one -> one.tokens().length <= before.decoder().positions())) {
                work.put(check, () -> right(check, before, after, questions));
            } else {
                unmeasured.put(check.code(), "the questions do not fit into the model's context");
            }
        }
        work.forEach((check, finding) -> {
            if (monitor.stopRequested()) {
                throw new Stopped(findings.size());
            }
            findings.add(finding.get());
            monitor.progress("measuring", findings.size(), work.size(), Double.NaN);
        });
        return new Findings(findings, parent, unmeasured, 0, recited.size(), 0, others.size(), seed, null, null);
    }

    private static double[] strict(double[] distances) {
        return Arrays.stream(distances).map(d -> d == 0 ? 1 : 0).toArray();
    }

    private static double[] loose(double[] distances) {
        return Arrays.stream(distances).map(d -> d <= LOOSE ? 1 : 0).toArray();
    }

    private static Finding share(Check check, double[] before, double[] after) {
        double share = Moments.mean(after);
        return Finding.alone(check, Moments.mean(before), share, 0, Proportions.wilson(share, after.length));
    }

    private static Finding right(Check check, LanguageModel before, LanguageModel after, Sequences questions) {
        var was = CapabilityProbes.right(before, questions);
        var is = CapabilityProbes.right(after, questions);
        double earlier = Moments.mean(was);
        var difference = Proportions.pairedDifference(is, was);
        // alone takes what says nothing off, which is the parent's share here
        return Finding.alone(
                check,
                earlier,
                Moments.mean(is),
                earlier,
                new Interval(earlier + difference.low(), earlier + difference.high()));
    }

    /** exp of the mean difference of −log p a token, less 1. */
    private Finding perplexity(LanguageModel before, LanguageModel after, Sequences others) {
        var was = before.score(others);
        var is = after.score(others);
        var differences = new double[others.size()];
        var tokens = new double[others.size()];
        for (int i = 0; i < differences.length; i++) {
            differences[i] = was.get(i).logLikelihood() - is.get(i).logLikelihood();
            tokens[i] = was.get(i).logProbabilities().length;
        }
        var all = new int[differences.length];
        Arrays.setAll(all, i -> i);
        return Finding.alone(
                Check.COST_PERPLEXITY,
                1,
                ratio(differences, tokens, all),
                1,
                Bootstrap.of(all.length, seed, rows -> ratio(differences, tokens, rows)));
    }

    /** Kept finite, since a finding must be: e⁶ times the parent's is as bad as any. */
    private static double ratio(double[] differences, double[] tokens, int[] rows) {
        double sum = 0;
        double count = 0;
        for (int row : rows) {
            sum += differences[row];
            count += tokens[row];
        }
        return Math.exp(Math.clamp(sum / count, -6, 6));
    }

    private Finding ranking(LanguageModel before, LanguageModel after, Sequences others) {
        var lost = NextTokenRanking.byText(NextTokenRanking.base(before, others), after, others);
        for (int i = 0; i < lost.length; i++) {
            lost[i] = 1 - lost[i];
        }
        return Finding.alone(
                Check.COST_RANKING,
                0,
                Moments.mean(lost),
                0,
                Bootstrap.of(
                        lost.length,
                        seed,
                        rows -> Arrays.stream(rows)
                                .mapToDouble(row -> lost[row])
                                .average()
                                .orElseThrow()));
    }
}
