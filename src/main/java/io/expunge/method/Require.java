package io.expunge.method;

/** Guards of the hyper-parameters; the message names the field. */
final class Require {

    private Require() {}

    static void between(String name, double value, double low, double high) {
        if (!(value >= low && value <= high)) {
            throw new IllegalArgumentException(name + " must be between " + low + " and " + high + " but was " + value);
        }
    }

    static void share(String name, double value) {
        if (!(value > 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " must be above 0 and at most 1 but was " + value);
        }
    }

    static void given(String name, Object value) {
        if (value == null) {
            throw new IllegalArgumentException(name + " must be given");
        }
    }
}
