package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MembershipScoreTest {

    private static final double[] TOKENS = {-1, -4, -0.5, -3, -1.5};

    @Test
    void lossIsTheMeanNegativeLogProbability() {
        assertThat(MembershipScore.loss(TOKENS)).isEqualTo(2);
    }

    /** Lengths from Python's zlib.compress. */
    @ParameterizedTest
    @MethodSource
    void zlibDividesByTheBytesThatPythonsZlibNeeds(String text, int bytes) {
        assertThat(MembershipScore.zlib(TOKENS, text)).isEqualTo(2.0 / bytes);
    }

    static Stream<Arguments> zlibDividesByTheBytesThatPythonsZlibNeeds() {
        return Stream.of(
                Arguments.of("a", 9),
                Arguments.of("The author was born in Lagos in 1967.", 42),
                Arguments.of("na ".repeat(200), 17),
                Arguments.of("Übergröße – naïve café, 東京", 48),
                Arguments.of(
                        IntStream.range(0, 3000)
                                .mapToObj(i -> String.valueOf((char) ('a' + (i * i * 7 + i) % 26)))
                                .collect(Collectors.joining()),
                        42));
    }

    @Test
    void minKAveragesTheLeastProbableTokens() {
        // ⌊0.4 · 5⌋ = 2 tokens: −4, −3
        assertThat(MembershipScore.minK(TOKENS, MembershipScore.SHARE)).isEqualTo(3.5);
        assertThat(MembershipScore.minK(TOKENS, 0.1)).isEqualTo(4);
        assertThat(MembershipScore.minK(TOKENS, 1)).isEqualTo(2);
    }

    @Test
    void minKPlusPlusTakesTokensByTheirPlaceInTheVocabulary() {
        var means = new double[] {-2, -5, -1.5, -2, -2};
        var deviations = new double[] {1, 2, 0.5, 0.5, 1};
        // z = 1, ½, 2, −2, ½
        assertThat(MembershipScore.minKPlusPlus(TOKENS, means, deviations, 0.4)).isCloseTo(0.75, within(1e-15));
    }

    @Test
    void minKPlusPlusNeverDividesByNothing() {
        // (−0.001 − −0.002)/√1e-6
        assertThat(MembershipScore.minKPlusPlus(new double[] {-0.001}, new double[] {-0.002}, new double[1], 0.4))
                .isCloseTo(-1, within(1e-12));
    }

    @Test
    void gradientNormIsTheMeanOverTensorsAndReferenceTheDifferenceOfLosses() {
        assertThat(MembershipScore.gradientNorm(new double[] {3, 4, 8})).isEqualTo(5);
        assertThat(MembershipScore.reference(TOKENS, new double[] {-1, -1, -1, -2, -2.5}))
                .isCloseTo(0.5, within(1e-15));
    }

    @Test
    void refusesOtherLengthsAndShares() {
        assertThatThrownBy(() -> MembershipScore.reference(TOKENS, new double[] {-1}))
                .hasMessage("tokens and other must be of one length but are 5 and 1");
        assertThatThrownBy(() -> MembershipScore.minK(TOKENS, 0)).hasMessageContaining("share");
        assertThatThrownBy(() -> MembershipScore.gradientNorm(new double[] {-1}))
                .hasMessageContaining("norms[0]");
    }
}
