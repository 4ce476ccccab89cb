package io.expunge.engine;

import static io.expunge.engine.Require.atLeast;
import static io.expunge.engine.Require.positive;

import org.jspecify.annotations.Nullable;

/**
 * Rotary position embedding: Su et al. 2021, <a href="https://arxiv.org/abs/2104.09864">paper</a>, equation 34. The pair
 * (xᵢ, xᵢ₊ₛ⸝₂) of a head at position m is turned by m θ^(−2i/s); the other entries of the head stay.
 *
 * @param size s, how many leading entries of a head turn; even
 * @param theta θ, the base of the wavelengths
 * @param scaling how frequencies are changed for longer contexts, or none
 */
public record Rotary(int size, double theta, @Nullable Scaling scaling) {

    /**
     * The scaling of Llama 3: Grattafiori et al. 2024, <a href="https://arxiv.org/abs/2407.21783">paper</a>. Wavelengths
     * shorter than {@code context / high} stay, those longer than {@code context / low} grow by {@code factor}, and
     * between them the frequency is blended linearly in {@code context / wavelength}.
     *
     * @param low low_freq_factor
     * @param high high_freq_factor, greater than {@code low}
     * @param context tokens of the contexts that the model was first trained with
     */
    public record Scaling(double factor, double low, double high, int context) {

        public Scaling {
            positive("factor", factor);
            positive("low", low);
            positive("high", high);
            atLeast("context", context, 1);
            if (high <= low) {
                throw new IllegalArgumentException("high must be greater than low but was " + high);
            }
        }

        double apply(double frequency) {
            double turns = context * frequency / (2 * Math.PI);
            if (turns > high) {
                return frequency;
            }
            if (turns < low) {
                return frequency / factor;
            }
            double share = (turns - low) / (high - low);
            return (1 - share) * frequency / factor + share * frequency;
        }
    }

    public Rotary {
        atLeast("size", size, 2);
        if (size % 2 != 0) {
            throw new IllegalArgumentException("size must be even but was " + size);
        }
        positive("theta", theta);
    }

    /** Radians by which pair {@code i} turns from one position to the next. */
    double frequency(int i) {
        double frequency = Math.pow(theta, -2.0 * i / size);
        return scaling == null ? frequency : scaling.apply(frequency);
    }

    /** Cosines, then sines, of the angles at {@code positions}, each of shape (positions, size / 2), row-major. */
    float[][] angles(long[] positions) {
        int half = size / 2;
        var cosines = new float[positions.length * half];
        var sines = new float[positions.length * half];
        var frequencies = new double[half];
        java.util.Arrays.setAll(frequencies, this::frequency);
        var first = new java.util.HashMap<Long, Integer>();
        for (int row = 0; row < positions.length; row++) {
            var twin = first.putIfAbsent(positions[row], row);
            if (twin != null) {
                System.arraycopy(cosines, twin * half, cosines, row * half, half);
                System.arraycopy(sines, twin * half, sines, row * half, half);
                continue;
            }
            for (int i = 0; i < half; i++) {
                double angle = positions[row] * frequencies[i];
                cosines[row * half + i] = (float) Math.cos(angle);
                sines[row * half + i] = (float) Math.sin(angle);
            }
        }
        return new float[][] {cosines, sines};
    }
}
