package io.expunge.metric;

/**
 * U-LiRA, the likelihood-ratio attack on unlearning for each example by itself: Hayes et al.,
 * <a href="https://arxiv.org/abs/2403.01218">Inexact Unlearning Needs More Careful Evaluations</a>, 2024. Two normal
 * distributions are fitted to the margins (log p/(1 − p)) of an example: by shadow models that learned and unlearned it, and
 * by shadow models that never saw it. A margin o of the model under attack is taken for that of a forgotten example if
 *
 * <pre>N_u(o) / (N_u(o) + N_o(o)) &gt; 1/2.</pre>
 */
public final class LikelihoodRatioAttack {

    /** So that a sample without any spread has a density. */
    private static final double LEAST_DEVIATION = 1e-6;

    private LikelihoodRatioAttack() {}

    /**
     * The probability that an example was learned and unlearned, where both were as likely before.
     *
     * @param observed margin by the model under attack
     * @param unlearned margins by shadow models that unlearned it
     * @param never margins by shadow models that never saw it
     * @throws IllegalArgumentException if either has fewer than two values
     */
    public static double probability(double observed, double[] unlearned, double[] never) {
        Require.between("unlearned", unlearned.length, 2, Integer.MAX_VALUE);
        Require.between("never", never.length, 2, Integer.MAX_VALUE);
        double difference = logDensity(observed, never) - logDensity(observed, unlearned);
        return 1 / (1 + Math.exp(difference));
    }

    private static double logDensity(double at, double[] sample) {
        double deviation = Math.max(LEAST_DEVIATION, Math.sqrt(Moments.variance(sample)));
        double z = (at - Moments.mean(sample)) / deviation;
        return -0.5 * z * z - Math.log(deviation);
    }

    /**
     * How often the attack is right, forgotten and never-seen examples counting alike; ½ is ideal.
     *
     * @param forgotten probabilities of examples that were forgotten
     * @param neverSeen probabilities of examples that were never learned
     */
    public static double balancedAccuracy(double[] forgotten, double[] neverSeen) {
        return (share(forgotten, true) + share(neverSeen, false)) / 2;
    }

    private static double share(double[] probabilities, boolean above) {
        Require.between("examples", probabilities.length, 1, Integer.MAX_VALUE);
        int right = 0;
        for (double probability : probabilities) {
            right += (probability > 0.5) == above ? 1 : 0;
        }
        return (double) right / probabilities.length;
    }
}
