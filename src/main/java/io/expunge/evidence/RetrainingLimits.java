package io.expunge.evidence;

/**
 * When a policy recommends retraining. Edits are approximate, and what they cost adds up from one to the next, while each is
 * judged against the version before it alone.
 *
 * @param forgottenShare of the records that the last exact version learned from, in [0, 1]
 * @param utilityDrop since that version, in the unit of the utility
 * @param edits approximate ones in a row
 */
record RetrainingLimits(double forgottenShare, double utilityDrop, int edits) {

    /**
     * Reasoned, not calibrated: a tenth is the most that benchmarks of unlearning take out, two hundredths less than what the
     * verdict lets a single run lose, and ten edits are what a year of monthly runs makes.
     */
    static final RetrainingLimits DEFAULTS = new RetrainingLimits(0.1, 0.02, 10);
}
