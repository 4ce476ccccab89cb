package io.expunge.metric;

/** Guards of what is measured; the message names the argument. */
final class Require {

    /** A log-probability this far above 0 is rounding, not a mistake. */
    private static final double ROUNDING = 1e-3;

    private Require() {}

    static void filled(String name, int length) {
        if (length == 0) {
            throw new IllegalArgumentException(name + " must not be empty");
        }
    }

    static void sameLength(String one, int length, String other, int otherLength) {
        if (length != otherLength) {
            throw new IllegalArgumentException(
                    one + " and " + other + " must be of one length but are " + length + " and " + otherLength);
        }
    }

    static void between(String name, double value, double low, double high) {
        if (!(value >= low && value <= high)) {
            throw new IllegalArgumentException(name + " must be between " + low + " and " + high + " but was " + value);
        }
    }

    static void finite(String name, double[] values) {
        filled(name, values.length);
        for (int i = 0; i < values.length; i++) {
            if (!Double.isFinite(values[i])) {
                throw new IllegalArgumentException(name + "[" + i + "] must be finite but was " + values[i]);
            }
        }
    }

    static void within(String name, double[] values, double low, double high) {
        filled(name, values.length);
        for (int i = 0; i < values.length; i++) {
            between(name + "[" + i + "]", values[i], low, high);
        }
    }

    /** Natural logarithms of probabilities: finite and not above 0. */
    static void logProbabilities(String name, double... values) {
        finite(name, values);
        for (int i = 0; i < values.length; i++) {
            if (values[i] > ROUNDING) {
                throw new IllegalArgumentException(
                        name + "[" + i + "] must be the logarithm of a probability but was " + values[i]);
            }
        }
    }
}
