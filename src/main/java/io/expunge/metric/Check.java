package io.expunge.metric;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is measured of an edited model: first the checks of classifiers, then those of language models, then those of many
 * networks at once. Differences are taken from the mean of the retrained references. Every check has a side, which says what
 * its limit forbids, and a calibrated limit.
 */
public enum Check {
    FORGET_ACCURACY("forget.accuracy", "accuracy on the forgotten records, against retraining", Side.WITHIN, 0.08),
    FORGET_ATTACK(
            "forget.confidence-attack",
            "share of the forgotten records that the confidence attack takes for unseen, against retraining",
            Side.WITHIN,
            0.12),
    FORGET_MEMBERSHIP(
            "forget.membership",
            "area of the population attack, forgotten against held-out records of the same classes, against retraining",
            Side.WITHIN,
            0.14),
    FORGET_TRACE(
            "forget.trace",
            "area by which margins above what the references predict tell hard forgotten from held-out records, against retraining",
            Side.WITHIN,
            0.19),
    FORGET_SCATTER(
            "forget.scatter",
            "area by which margins far from what the references predict tell hard forgotten from held-out records, against retraining",
            Side.NOT_ABOVE,
            0.24),
    FORGET_OUTPUTS(
            "forget.outputs",
            "distance of the answers on the forgotten records to the references', in distances among references, less 1",
            Side.NOT_ABOVE,
            0.40),
    RETAIN_ACCURACY("retain.accuracy", "accuracy on the records that stay, against retraining", Side.NOT_BELOW, 0.03),
    TEST_ACCURACY(
            "test.accuracy",
            "accuracy on held-out records of the classes that stay, against retraining",
            Side.NOT_BELOW,
            0.03),
    PROBE_BIAS(
            "probe.bias",
            "share of the records of a class that is to be gone which its output alone still finds, against retraining",
            Side.NOT_ABOVE,
            0.30),
    PROBE_FEATURES(
            "probe.features",
            "accuracy on the forgotten records of a new last layer, learned from a few held-out records, against retraining",
            Side.NOT_ABOVE,
            0.18),
    PROBE_RELEARN(
            "probe.relearn",
            "share of one half of the forgotten records that comes back while the other half is relearned, against retraining",
            Side.NOT_ABOVE,
            0.25),
    PARENT_OUTPUTS(
            "parent.outputs",
            "distance of the answers to the parent's, in distances from the references to the parent",
            Side.AT_LEAST,
            0.05),
    PARENT_FEATURES(
            "parent.features", "relative distance of the last layer's inputs to the parent's", Side.AT_LEAST, 0.01),

    FORGET_PROBABILITY(
            "forget.probability",
            "probability of the forgotten answers, made independent of their length, against retraining",
            Side.WITHIN,
            0.10),
    FORGET_MEMORISATION(
            "forget.memorisation",
            "share of the forgotten answers' tokens that are predicted from those before them, against retraining",
            Side.WITHIN,
            0.10),
    FORGET_EXTRACTION(
            "forget.extraction",
            "extraction strength: share of the forgotten answers that follows from their beginning, against retraining",
            Side.WITHIN,
            0.10),
    FORGET_RECITATION(
            "forget.recitation",
            "share of the forgotten answers that is written greedily after their prompts, 1 − d/L in tokens, against retraining",
            Side.NOT_ABOVE,
            0.10),
    FORGET_LIKELIHOOD(
            "forget.likelihood",
            "distance of the forgotten answers' log-likelihoods to the references', in distances among references, less 1",
            Side.NOT_ABOVE,
            0.90),
    ATTACK_LOSS(
            "attack.loss",
            "area of the loss attack on forgotten against held-out texts, against retraining",
            Side.WITHIN,
            0.15),
    ATTACK_ZLIB(
            "attack.zlib",
            "area of the zlib attack on forgotten against held-out texts, against retraining",
            Side.WITHIN,
            0.15),
    ATTACK_MIN_K(
            "attack.min-k",
            "area of the Min-K attack on forgotten against held-out texts, against retraining",
            Side.WITHIN,
            0.15),
    ATTACK_MIN_K_PLUS_PLUS(
            "attack.min-k-plus-plus",
            "area of the Min-K++ attack on forgotten against held-out texts, against retraining",
            Side.WITHIN,
            0.15),
    PROBE_PARAPHRASE(
            "probe.paraphrase",
            "share of the forgotten answers' tokens that are predicted when asked in other words, against retraining",
            Side.WITHIN,
            0.10),
    PROBE_EIGHT_BITS(
            "probe.eight-bits",
            "share of the forgotten answers' tokens that are predicted after rounding to 8 bits, against retraining",
            Side.WITHIN,
            0.10),
    PROBE_FOUR_BITS(
            "probe.four-bits",
            "share of the forgotten answers' tokens that are predicted after rounding to 4 bits, against retraining",
            Side.WITHIN,
            0.10),
    PROBE_RECOVERY(
            "probe.recovery",
            "share of one half's tokens that is predicted on the way while the other half is relearned, against retraining",
            Side.NOT_ABOVE,
            0.10),
    RETAIN_PROBABILITY(
            "retain.probability", "probability of the answers that stay, against retraining", Side.NOT_BELOW, 0.10),
    TEST_MEMORISATION(
            "test.memorisation",
            "share of held-out answers' tokens that are predicted from those before them, against retraining",
            Side.NOT_BELOW,
            0.08),
    PARENT_LIKELIHOOD(
            "parent.likelihood",
            "distance of the forgotten answers' log-likelihoods to the parent's, in distances from the references to the"
                    + " parent",
            Side.AT_LEAST,
            0.25),

    RECITATION_STRICT(
            "recitation.strict",
            "share of texts that the parent recites of which the model writes every token of the continuation",
            Side.NOT_ABOVE,
            0.10),
    RECITATION_LOOSE(
            "recitation.loose",
            "share of texts that the parent recites of which the model writes three quarters of the continuation or more",
            Side.NOT_ABOVE,
            0.20),
    RECITATION_SHIFTED(
            "recitation.shifted",
            "share of the continuation that the model writes from its beginning after the best of several cuts of the prompt",
            Side.NOT_ABOVE,
            0.40),
    COST_PERPLEXITY("cost.perplexity", "perplexity of other texts over the parent's, less 1", Side.NOT_ABOVE, 0.20),
    COST_RANKING(
            "cost.ranking",
            "1 − nDCG@10 of the next tokens of other texts, against the parent's order",
            Side.NOT_ABOVE,
            0.25),
    COST_ARITHMETIC("cost.arithmetic", "share of sums that are right, less the parent's", Side.NOT_BELOW, 0.25),
    COST_FACTS("cost.facts", "share of capitals that are known by heart, less the parent's", Side.NOT_BELOW, 0.35),
    COST_LOOKUP(
            "cost.lookup",
            "share of answers found in the question's own text, less the parent's",
            Side.NOT_BELOW,
            0.25),

    FORGET_KLOM(
            "forget.klom",
            "share of the forgotten records whose margins' divergence from retrained networks is above what those have"
                    + " among each other, against retraining",
            Side.NOT_ABOVE,
            0.12),
    RETAIN_KLOM(
            "retain.klom",
            "share of the records that stay whose margins' divergence from retrained networks is above what those have"
                    + " among each other, against retraining",
            Side.NOT_ABOVE,
            0.08),
    TEST_KLOM(
            "test.klom",
            "share of the held-out records whose margins' divergence from retrained networks is above what those have"
                    + " among each other, against retraining",
            Side.NOT_ABOVE,
            0.08),
    FORGET_LIKELIHOOD_RATIO(
            "forget.likelihood-ratio",
            "how often the likelihood-ratio attack tells an edited network from a retrained one by a forgotten record,"
                    + " against retraining",
            Side.NOT_ABOVE,
            0.05);

    /** What a limit forbids. */
    enum Side {
        /** |difference| above the limit. */
        WITHIN,
        /** A difference above the limit. */
        NOT_ABOVE,
        /** A difference below minus the limit. */
        NOT_BELOW,
        /** A value below the limit. */
        AT_LEAST
    }

    /** Kinds of models. */
    enum Family {
        CLASSIFIER,
        LANGUAGE_MODEL,
        /** What an edit does that makes a language model recite less, for nobody's request. */
        RECITATION,
        /** Of many networks, where a policy demands them. */
        DIVERGENCE
    }

    private final String code;
    private final String description;
    private final Side side;
    private final double calibrated;

    Check(String code, String description, Side side, double calibrated) {
        this.code = code;
        this.description = description;
        this.side = side;
        this.calibrated = calibrated;
    }

    /** The name in findings, thresholds and documents. */
    public String code() {
        return code;
    }

    /** Which models it is made of. */
    Family family() {
        if (compareTo(FORGET_PROBABILITY) < 0) {
            return Family.CLASSIFIER;
        }
        if (compareTo(RECITATION_STRICT) < 0) {
            return Family.LANGUAGE_MODEL;
        }
        return compareTo(FORGET_KLOM) < 0 ? Family.RECITATION : Family.DIVERGENCE;
    }

    /** Those of a family, in their order. */
    static List<Check> of(Family family) {
        return Arrays.stream(values()).filter(check -> check.family() == family).toList();
    }

    public String description() {
        return description;
    }

    /** The limit that stands where none is given. */
    public double calibrated() {
        return calibrated;
    }

    /**
     * The check of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Check of(String code) {
        return Arrays.stream(values())
                .filter(check -> check.code.equals(code))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no check " + code + " but " + codes()));
    }

    static List<String> codes() {
        return Arrays.stream(values()).map(Check::code).toList();
    }

    /**
     * Nothing fails that lies no farther from the references than they lie from each other; it doesn't pass for it
     * either. Intervals hold records for independent, and the records of one person are not: with few people, honest
     * retraining differs from one seed to the next by more than its interval.
     */
    Outcome judge(Finding finding, double limit) {
        var outcome = byInterval(finding, limit);
        return outcome == Outcome.FAILED && finding.amongReferences() ? Outcome.INCONCLUSIVE : outcome;
    }

    private Outcome byInterval(Finding finding, double limit) {
        return switch (side) {
            case WITHIN ->
                judge(
                        finding.low() >= -limit && finding.high() <= limit,
                        finding.low() > limit || finding.high() < -limit);
            case NOT_ABOVE -> judge(finding.high() <= limit, finding.low() > limit);
            case NOT_BELOW -> judge(finding.low() >= -limit, finding.high() < -limit);
            case AT_LEAST -> judge(finding.low() >= limit, finding.high() < limit);
        };
    }

    /**
     * The differences that a limit allows.
     *
     * @param least null where a difference may be as low as it likes
     * @param most null where it may be as high as it likes
     */
    public record Allowed(@Nullable Double least, @Nullable Double most) {}

    /** What the limit demands, as numbers. */
    public Allowed allowed(double limit) {
        return switch (side) {
            case WITHIN -> new Allowed(-limit, limit);
            case NOT_ABOVE -> new Allowed(null, limit);
            case NOT_BELOW -> new Allowed(-limit, null);
            case AT_LEAST -> new Allowed(limit, null);
        };
    }

    /** What the limit demands, in words. */
    String demand(double limit) {
        return switch (side) {
            case WITHIN -> "must lie within ±" + limit;
            case NOT_ABOVE -> "must not exceed " + limit;
            case NOT_BELOW -> "must not fall below −" + limit;
            case AT_LEAST -> "must reach " + limit;
        };
    }

    private static Outcome judge(boolean inside, boolean outside) {
        return inside ? Outcome.PASSED : outside ? Outcome.FAILED : Outcome.INCONCLUSIVE;
    }
}
