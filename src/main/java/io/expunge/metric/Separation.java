package io.expunge.metric;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How well scores tell members from held-out records of the same class: the area under the ROC curve, P(member &gt;
 * held-out) + ½ P(equal), taken class by class and averaged over the members, so that a forget set with other class
 * shares than the held-out set gives no area by itself. Its variance is DeLong's (1988), from the placements of the
 * members among the held-out records and of the held-out records among the members.
 */
final class Separation {

    private final double[] memberPlacements;
    private final double[] heldOutPlacements;
    private final double[] heldOutWeights;

    private Separation(double[] memberPlacements, double[] heldOutPlacements, double[] heldOutWeights) {
        this.memberPlacements = memberPlacements;
        this.heldOutPlacements = heldOutPlacements;
        this.heldOutWeights = heldOutWeights;
    }

    /**
     * Members of classes without a held-out record take no part, nor do held-out records of classes without a member.
     *
     * @throws IllegalArgumentException if no class has both
     */
    static Separation of(double[] members, int[] memberLabels, double[] heldOut, int[] heldOutLabels) {
        int classes = 1
                + IntStream.concat(Arrays.stream(memberLabels), Arrays.stream(heldOutLabels))
                        .max()
                        .orElse(0);
        var memberRows = byClass(memberLabels, classes);
        var heldOutRows = byClass(heldOutLabels, classes);
        int paired = IntStream.range(0, classes)
                .filter(c -> heldOutRows[c].length > 0)
                .map(c -> memberRows[c].length)
                .sum();
        if (paired == 0) {
            throw new IllegalArgumentException("no class has both forgotten and held-out records");
        }
        double[] memberPlacements = new double[paired];
        double[] heldOutPlacements = new double[heldOut.length];
        double[] weights = new double[heldOut.length];
        int i = 0;
        int j = 0;
        for (int c = 0; c < classes; c++) {
            var inside = pick(members, memberRows[c]);
            var outside = pick(heldOut, heldOutRows[c]);
            if (inside.length == 0 || outside.length == 0) {
                continue;
            }
            for (int row : memberRows[c]) {
                memberPlacements[i++] = placement(members[row], outside);
            }
            for (int row : heldOutRows[c]) {
                heldOutPlacements[j] = 1 - placement(heldOut[row], inside);
                weights[j++] = inside.length / ((double) paired * outside.length);
            }
        }
        return new Separation(memberPlacements, Arrays.copyOf(heldOutPlacements, j), Arrays.copyOf(weights, j));
    }

    /** All records alike in class. */
    static Separation of(double[] members, double[] heldOut) {
        return of(members, new int[members.length], heldOut, new int[heldOut.length]);
    }

    /** In [0, 1]; ½ where the scores tell nothing. */
    double area() {
        return Moments.mean(memberPlacements);
    }

    /** By member, the share of the held-out records of its class that look at least as learned, equal ones counting half. */
    double[] falseRates() {
        return Arrays.stream(memberPlacements).map(place -> 1 - place).toArray();
    }

    Interval interval() {
        return Interval.around(area(), standardError()).within(0, 1);
    }

    double standardError() {
        double area = area();
        double members = Moments.variance(memberPlacements) / memberPlacements.length;
        double heldOut = 0;
        double squares = 0;
        for (int j = 0; j < heldOutPlacements.length; j++) {
            double w2 = heldOutWeights[j] * heldOutWeights[j];
            heldOut += w2 * (heldOutPlacements[j] - area) * (heldOutPlacements[j] - area);
            squares += w2;
        }
        double effective = 1 / squares;
        double correction = effective > 1 ? effective / (effective - 1) : 1;
        return Math.max(
                Math.sqrt(members + heldOut * correction),
                0.5 / Math.min(memberPlacements.length, effective)); // never finer than half a record
    }

    /** The separation whose placements are these less the others', for the difference of two areas over the same records. */
    Separation minus(Separation other) {
        sameRecords(other);
        return new Separation(
                Moments.minus(memberPlacements, other.memberPlacements),
                Moments.minus(heldOutPlacements, other.heldOutPlacements),
                heldOutWeights);
    }

    /** The mean of separations over the same records. */
    static Separation average(java.util.List<Separation> all) {
        all.forEach(all.getFirst()::sameRecords);
        return new Separation(
                Moments.average(all.stream().map(s -> s.memberPlacements).toList()),
                Moments.average(all.stream().map(s -> s.heldOutPlacements).toList()),
                all.getFirst().heldOutWeights);
    }

    private void sameRecords(Separation other) {
        Require.sameLength("one attack's members", memberPlacements.length, "another's", other.memberPlacements.length);
        Require.sameLength(
                "one attack's held-out records", heldOutPlacements.length, "another's", other.heldOutPlacements.length);
    }

    private static double[] pick(double[] values, int[] rows) {
        var some = Arrays.stream(rows).mapToDouble(row -> values[row]).toArray();
        Arrays.sort(some);
        return some;
    }

    private static int[][] byClass(int[] labels, int classes) {
        return IntStream.range(0, classes)
                .mapToObj(c -> IntStream.range(0, labels.length)
                        .filter(i -> labels[i] == c)
                        .toArray())
                .toArray(int[][]::new);
    }

    /** Share of {@code sorted} below {@code value}, equal ones counting half. */
    private static double placement(double value, double[] sorted) {
        return (below(value, sorted, false) + below(value, sorted, true)) / (2.0 * sorted.length);
    }

    private static int below(double value, double[] sorted, boolean orEqual) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < value || (orEqual && sorted[middle] == value)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
