package io.expunge.metric;

/** Where a quantity lies with 95 % confidence, both ends included. */
public record Interval(double low, double high) {

    /** Standard deviations that hold 95 % of a normal distribution. */
    static final double Z = 1.959963984540054;

    public Interval {
        if (!(low <= high)) {
            throw new IllegalArgumentException("an interval must run upwards but is " + low + " to " + high);
        }
    }

    public boolean contains(double value) {
        return low <= value && value <= high;
    }

    static Interval around(double centre, double standardError) {
        return new Interval(centre - Z * standardError, centre + Z * standardError);
    }

    Interval within(double least, double most) {
        return new Interval(Math.clamp(low, least, most), Math.clamp(high, least, most));
    }
}
