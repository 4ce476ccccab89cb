package io.expunge.engine;

import java.nio.ByteBuffer;

/** How safetensors stores one number, little-endian. Whole numbers and truth values are carried as bytes only. */
public enum ElementType {
    F64(8, true),
    F32(4, true),
    F16(2, true),
    BF16(2, true),
    I64(8, false),
    I32(4, false),
    I16(2, false),
    I8(1, false),
    U64(8, false),
    U32(4, false),
    U16(2, false),
    U8(1, false),
    BOOL(1, false);

    private final int bytes;
    private final boolean floating;

    ElementType(int bytes, boolean floating) {
        this.bytes = bytes;
        this.floating = floating;
    }

    public int bytes() {
        return bytes;
    }

    public boolean isFloating() {
        return floating;
    }

    float get(ByteBuffer from, int at) {
        return switch (this) {
            case F64 -> (float) from.getDouble(at);
            case F32 -> from.getFloat(at);
            case F16 -> Float.float16ToFloat(from.getShort(at));
            case BF16 -> BFloat16.toFloat(from.getShort(at));
            default -> throw new IllegalStateException(this + " is no floating-point type");
        };
    }

    /** Rounds to nearest, ties to even. */
    void put(ByteBuffer into, int at, float value) {
        switch (this) {
            case F64 -> into.putDouble(at, value);
            case F32 -> into.putFloat(at, value);
            case F16 -> into.putShort(at, Float.floatToFloat16(value));
            case BF16 -> into.putShort(at, BFloat16.of(value));
            default -> throw new IllegalStateException(this + " is no floating-point type");
        }
    }

    /**
     * Puts numbers over stored ones and leaves every byte of a number that, rounded, did not change.
     *
     * @param values the numbers {@code from} and on go over the whole buffer
     * @return how many numbers changed
     * @throws ModelRefused if a number is not finite once rounded
     */
    int update(ByteBuffer stored, float[] values, int from) {
        int changed = 0;
        for (int at = 0; at < stored.limit(); at += bytes) {
            float value = values[from + at / bytes];
            int before = Float.floatToRawIntBits(get(stored, at));
            if (Float.floatToRawIntBits(value) != before) {
                put(stored, at, value);
                float after = get(stored, at);
                if (!Float.isFinite(after)) {
                    throw new ModelRefused("would hold " + value + ", which is not a finite number as " + this);
                }
                changed += Float.floatToRawIntBits(after) == before ? 0 : 1;
            }
        }
        return changed;
    }
}
