package io.expunge.engine;

/** The upper half of an fp32 number: 1 sign bit, 8 of exponent, 7 of mantissa. */
final class BFloat16 {

    private static final int HALF_UNIT_LESS_ONE = 0x7FFF;
    private static final int MANTISSA = 0x7F;

    private BFloat16() {}

    /** Rounds to nearest, ties to even; a number too large becomes infinite, a NaN stays one. */
    static short of(float value) {
        int bits = Float.floatToRawIntBits(value);
        int upper = bits >>> Short.SIZE;
        if (Float.isNaN(value)) {
            // A payload that lies in the lower half alone would be cut off to infinity.
            return (short) ((upper & MANTISSA) == 0 ? upper | 1 : upper);
        }
        return (short) ((bits + HALF_UNIT_LESS_ONE + (upper & 1)) >>> Short.SIZE);
    }

    static float toFloat(short bits) {
        return Float.intBitsToFloat(bits << Short.SIZE);
    }
}
