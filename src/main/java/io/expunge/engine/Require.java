package io.expunge.engine;

/** Guards of the records that come from outside. */
final class Require {

    private Require() {}

    static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + " but was " + value);
        }
    }

    static void atMost(String name, long value, long most) {
        if (value > most) {
            throw new IllegalArgumentException(name + " must be at most " + most + " but was " + value);
        }
    }

    static void image(int channels, int height, int width, int classes) {
        atLeast("channels", channels, 1);
        atMost("channels", channels, 64);
        atLeast("height", height, 8);
        atMost("height", height, 1024);
        atLeast("width", width, 8);
        atMost("width", width, 1024);
        atLeast("classes", classes, 2);
        atMost("classes", classes, 65_536);
    }

    static void divides(String name, int divisor, String ofName, int of) {
        if (of % divisor != 0) {
            throw new IllegalArgumentException(name + " must divide " + ofName + " " + of + " but was " + divisor);
        }
    }

    /** Finite and within [low, high]. */
    static void between(String name, double value, double low, double high) {
        if (!(value >= low && value <= high)) {
            throw new IllegalArgumentException(name + " must be between " + low + " and " + high + " but was " + value);
        }
    }

    static void positive(String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(name + " must be greater than 0 but was " + value);
        }
    }
}
