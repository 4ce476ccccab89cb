package io.expunge.metric;

import java.util.Arrays;

/**
 * The population membership attack: one threshold on a score for all records, forgotten ones against held-out ones of
 * the same classes. On a model that never saw the forgotten records it should find as much as on the retrained
 * reference, which is ½ only where both sets are drawn alike.
 *
 * @param area under the ROC curve, matched by class, with DeLong's interval
 * @param rate share of the forgotten records found when at most {@code falseRate} of the held-out records are accused
 * @param rateInterval Clopper–Pearson, for the threshold as found
 */
public record PopulationAttack(
        double area, Interval areaInterval, double rate, Interval rateInterval, double falseRate) {

    /**
     * Attacks one network.
     *
     * @param forget outputs on the forgotten records
     * @param heldOut outputs of the same network on records it never saw
     * @param falseRate in [0, 1], such as 0.01
     * @throws IllegalArgumentException if no class has both forgotten and held-out records
     */
    public static PopulationAttack on(Outputs forget, Outputs heldOut, double falseRate) {
        if (!(falseRate >= 0 && falseRate <= 1)) {
            throw new IllegalArgumentException("falseRate must be between 0 and 1 but was " + falseRate);
        }
        var separation = Separation.of(forget.margins(), forget.labels(), heldOut.margins(), heldOut.labels());
        var innocent = heldOut.margins();
        Arrays.sort(innocent);
        int allowed = (int) Math.floor(falseRate * innocent.length);
        double threshold =
                allowed == innocent.length ? Double.NEGATIVE_INFINITY : innocent[innocent.length - 1 - allowed];
        int found =
                (int) Arrays.stream(forget.margins()).filter(m -> m > threshold).count();
        return new PopulationAttack(
                separation.area(),
                separation.interval(),
                found / (double) forget.size(),
                Proportions.exact(found, forget.size()),
                falseRate);
    }
}
