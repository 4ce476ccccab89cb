package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ElementTypeTest {

    private final ByteBuffer stored = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);

    @Test
    void everyBf16PatternComesBackExactly() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            stored.putShort(0, (short) bits);
            float value = ElementType.BF16.get(stored, 0);
            assertThat(Float.floatToIntBits(value)).isEqualTo(Float.floatToIntBits(byDefinition(bits, 8, 7)));
            ElementType.BF16.put(stored, 2, value);
            assertThat(stored.getShort(2)).isEqualTo((short) bits);
        }
    }

    @Test
    void everyFp16PatternComesBackExactly() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            stored.putShort(0, (short) bits);
            float value = ElementType.F16.get(stored, 0);
            assertThat(Float.floatToIntBits(value)).isEqualTo(Float.floatToIntBits(byDefinition(bits, 5, 10)));
            ElementType.F16.put(stored, 2, value);
            if (Float.isNaN(value)) {
                assertThat(ElementType.F16.get(stored, 2)).isNaN();
            } else {
                assertThat(stored.getShort(2)).isEqualTo((short) bits);
            }
        }
    }

    /** (−1)^sign · 2^(exponent − bias) · 1.mantissa, from the definition of IEEE 754. */
    private static float byDefinition(int bits, int exponentBits, int mantissaBits) {
        int exponent = bits >> mantissaBits & (1 << exponentBits) - 1;
        double fraction = (bits & (1 << mantissaBits) - 1) / (double) (1 << mantissaBits);
        int bias = (1 << exponentBits - 1) - 1;
        double size;
        if (exponent == (1 << exponentBits) - 1) {
            size = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        } else {
            size = exponent == 0 ? fraction * Math.pow(2, 1 - bias) : (1 + fraction) * Math.pow(2, exponent - bias);
        }
        return (float) (bits >> 15 == 0 ? size : -size);
    }

    @ParameterizedTest
    @CsvSource({
        // halfway between two neighbours: the even one
        "BF16, 0x1.01p0,      3F80", // 1 + 2⁻⁸ between 1 and 1 + 2⁻⁷
        "BF16, 0x1.03p0,      3F82", // 1 + 3·2⁻⁸ between 1 + 2⁻⁷ and 1 + 2⁻⁶
        "BF16, -0x1.01p0,     BF80",
        "BF16, 0x1.FFp0,      4000", // carries into the exponent
        "BF16, 0x1.0p-134,    0000", // half of the smallest number there is
        "BF16, 0x3.0p-134,    0002",
        // beside the middle: the nearer one
        "BF16, 0x1.010002p0,  3F81",
        "BF16, 0x1.00FFFEp0,  3F80",
        "BF16, 3.1415927,     4049",
        "BF16, 0x1.FEp127,    7F7F", // the largest
        "BF16, 0x1.FFp127,    7F80", // as far from the largest as from 2¹²⁸: infinite
        "F16,  0x1.002p0,     3C00", // 1 + 2⁻¹¹ between 1 and 1 + 2⁻¹⁰
        "F16,  0x1.006p0,     3C02",
        "F16,  0x1.002002p0,  3C01",
        "F16,  0.1,           2E66",
        "F16,  65504,         7BFF",
        "F16,  65519.996,     7BFF",
        "F16,  65520,         7C00",
        "F16,  0x1.0p-25,     0000",
        "F16,  0x3.0p-25,     0002",
    })
    void numbersAreRoundedToTheNearestAndTiesToTheEvenOne(ElementType type, String value, String bits) {
        type.put(stored, 0, Float.parseFloat(value));
        assertThat(String.format("%04X", stored.getShort(0))).isEqualTo(bits);
    }

    @Test
    void aNanWhosePayloadLiesInTheLowerHalfStaysOne() {
        assertThat(BFloat16.toFloat(BFloat16.of(Float.intBitsToFloat(0x7F800001))))
                .isNaN();
    }

    @Test
    void aNumberThatRoundsToTheStoredOneKeepsItsBytes() {
        stored.putDouble(0, 0.1);
        assertThat(ElementType.F64.update(stored, new float[] {0.1f}, 0)).isZero();
        assertThat(stored.getDouble(0)).isEqualTo(0.1);
        assertThat(ElementType.F64.update(stored, new float[] {0.25f}, 0)).isOne();
        assertThat(stored.getDouble(0)).isEqualTo(0.25);
    }

    @Test
    void zeroesOfDifferentSignAreDifferentNumbers() {
        stored.putLong(0, 0);
        assertThat(ElementType.F32.update(stored, new float[] {9, -0f, 0f}, 1)).isOne();
        assertThat(stored.getInt(0)).isEqualTo(0x80000000);
        assertThat(stored.getInt(4)).isZero();
    }

    @Test
    void aNumberTooLargeForItsTypeIsRefused() {
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> ElementType.F16.update(stored, new float[] {0, 70_000, 0, 0}, 0))
                .withMessageContaining("70000")
                .withMessageContaining("F16");
    }
}
