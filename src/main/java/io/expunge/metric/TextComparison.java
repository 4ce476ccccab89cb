package io.expunge.metric;

import io.expunge.engine.TokenScores;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The edited language model, its parent and the retrained references, asked the same. */
record TextComparison(
        TextAnswers before, TextAnswers after, List<TextAnswers> references, TextEvaluationSets sets, long seed)
        implements Survey {

    private static final int LEAST_TEXTS = 4;

    @Override
    public Finding finding(Check check) {
        return switch (check) {
            case FORGET_PROBABILITY -> shares(check, TextAnswers::forget, TextAnswers::probability);
            case FORGET_MEMORISATION -> shares(check, TextAnswers::forget, TextAnswers::exact);
            case FORGET_EXTRACTION -> shares(check, TextAnswers::forget, TextAnswers::extraction);
            case FORGET_RECITATION -> shares(check, TextAnswers::recited);
            case FORGET_LIKELIHOOD -> likelihood(check);
            case ATTACK_LOSS, ATTACK_ZLIB, ATTACK_MIN_K, ATTACK_MIN_K_PLUS_PLUS ->
                Finding.ofAreas(
                        check,
                        attack(check, before).separation(),
                        attack(check, after).separation(),
                        references.stream()
                                .map(one -> attack(check, one).separation())
                                .toList());
            case PROBE_PARAPHRASE -> shares(check, TextAnswers::paraphrased, TextAnswers::exact);
            case PROBE_EIGHT_BITS -> shares(check, TextAnswers::eightBits, TextAnswers::exact);
            case PROBE_FOUR_BITS -> shares(check, TextAnswers::fourBits, TextAnswers::exact);
            case PROBE_RECOVERY -> shares(check, TextAnswers::recovery);
            case RETAIN_PROBABILITY -> shares(check, TextAnswers::retain, TextAnswers::probability);
            case TEST_MEMORISATION -> shares(check, TextAnswers::test, TextAnswers::exact);
            case PARENT_LIKELIHOOD -> fromParent(check);
            default -> throw new IllegalArgumentException(check.code() + " is no check of language models");
        };
    }

    private Finding shares(
            Check check, Function<TextAnswers, List<TokenScores>> texts, ToDoubleFunction<TokenScores> share) {
        return shares(check, answers -> TextAnswers.each(texts.apply(answers), share));
    }

    /** A finding about a share by text, over the same texts of all models. */
    private Finding shares(Check check, Function<TextAnswers, double[]> shares) {
        return Finding.ofShares(
                check,
                shares.apply(before),
                shares.apply(after),
                references.stream().map(shares).toList());
    }

    TextMembership attack(Check check, TextAnswers answers) {
        return TextMembership.of(
                scores(check, answers.forget(), sets.forgetTexts()), scores(check, answers.test(), sets.testTexts()));
    }

    private static double[] scores(Check check, List<TokenScores> all, List<String> texts) {
        return IntStream.range(0, all.size())
                .mapToDouble(i -> {
                    var one = all.get(i);
                    return switch (check) {
                        case ATTACK_LOSS -> MembershipScore.loss(one.logProbabilities());
                        case ATTACK_ZLIB -> MembershipScore.zlib(one.logProbabilities(), texts.get(i));
                        case ATTACK_MIN_K -> MembershipScore.minK(one.logProbabilities(), MembershipScore.SHARE);
                        case ATTACK_MIN_K_PLUS_PLUS ->
                            MembershipScore.minKPlusPlus(
                                    one.logProbabilities(), one.means(), one.deviations(), MembershipScore.SHARE);
                        default -> throw new IllegalArgumentException(check.code() + " is no attack");
                    };
                })
                .toArray();
    }

    /** Mean |log p − mean log p of the references| over texts; each reference is held against the others. */
    private Finding likelihood(Check check) {
        var all = references.stream().map(one -> TextAnswers.logs(one.forget())).toList();
        var among = new ArrayList<double[]>();
        for (int left = 0; left < all.size(); left++) {
            var others = new ArrayList<>(all);
            var one = others.remove(left);
            among.add(distances(one, Moments.average(others)));
        }
        var reference = Moments.average(all);
        return Finding.ofDistances(
                check,
                distances(TextAnswers.logs(before.forget()), reference),
                distances(TextAnswers.logs(after.forget()), reference),
                among,
                1,
                seed);
    }

    private Finding fromParent(Check check) {
        var parent = TextAnswers.logs(before.forget());
        return Finding.ofDistances(
                check,
                distances(parent, parent),
                distances(TextAnswers.logs(after.forget()), parent),
                references.stream()
                        .map(one -> distances(TextAnswers.logs(one.forget()), parent))
                        .toList(),
                0,
                seed);
    }

    private static double[] distances(double[] one, double[] other) {
        return IntStream.range(0, one.length)
                .mapToDouble(i -> Math.abs(one[i] - other[i]))
                .toArray();
    }

    @Override
    public String obstacle(Check check) {
        if (references.isEmpty()) {
            return "there is no retrained reference";
        }
        if (after.forget().size() < LEAST_TEXTS) {
            return "the forget set has fewer than " + LEAST_TEXTS + " texts";
        }
        return switch (check) {
            case FORGET_LIKELIHOOD -> references.size() < 2 ? "it needs two retrained references" : "";
            case ATTACK_LOSS, ATTACK_ZLIB, ATTACK_MIN_K, ATTACK_MIN_K_PLUS_PLUS -> untrusted(check);
            case PROBE_PARAPHRASE -> after.paraphrased().isEmpty() ? "no question is given in other words" : "";
            case PROBE_RECOVERY -> after.recovery().length == 0 ? "too few texts are forgotten to be divided" : "";
            case TEST_MEMORISATION -> after.test().isEmpty() ? "no text is held out" : "";
            default -> "";
        };
    }

    private String untrusted(Check check) {
        if (after.test().size() < LEAST_TEXTS) {
            return "fewer than " + LEAST_TEXTS + " texts are held out";
        }
        return references.stream()
                .map(reference -> HoldOutCheck.of(attack(check, reference)))
                .filter(holdOut -> !holdOut.trusted())
                .map(HoldOutCheck::reason)
                .findFirst()
                .orElse("");
    }
}
