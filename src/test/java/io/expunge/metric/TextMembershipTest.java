package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.expunge.metric.RetrainedLevel.Reading;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextMembershipTest {

    private static final HoldOutCheck TRUSTED = new HoldOutCheck(true, "fair");

    @Test
    void theAreaCountsPairsInWhichTheForgottenTextLooksMoreLearned() {
        // losses 1 and 2 against 2 and 3: three pairs and a tie out of four
        assertThat(TextMembership.of(new double[] {1, 2}, new double[] {2, 3}).area())
                .isEqualTo(3.5 / 4);
    }

    @Test
    void privacyLeakIsMinusAHundredWhereEverythingIsStillFoundAndPositiveWhereTooMuchIsGone() {
        assertThat(TextMembership.privacyLeak(1, 0.5)).isEqualTo(-100);
        assertThat(TextMembership.privacyLeak(0.5, 0.5)).isZero();
        assertThat(TextMembership.privacyLeak(0, 0.5)).isEqualTo(100);
        // AUC′ 0.2 against 0.25
        assertThat(TextMembership.privacyLeak(0.8, 0.75)).isCloseTo(-20, within(1e-12));
        assertThatThrownBy(() -> TextMembership.privacyLeak(0.5, 1)).hasMessageContaining("retrained");
    }

    @Test
    void theAreaIsHeldAgainstTheMeanOfTheRetrainedModels() {
        var heldOut = new double[] {2, 3};
        var figures = TextMembership.of(new double[] {1, 2}, heldOut)
                .against(
                        List.of(
                                TextMembership.of(new double[] {2, 3}, heldOut), // ½
                                TextMembership.of(new double[] {2, 4}, heldOut)), // (½ + 1)/4
                        TRUSTED,
                        0.1);
        assertThat(figures.area()).isEqualTo(0.875);
        assertThat(figures.level().difference()).isCloseTo(0.875 - 0.4375, within(1e-15));
        assertThat(figures.privacyLeak()).isCloseTo(100 * (0.125 - 0.5625) / 0.5625, within(1e-12));
        assertThat(figures.holdOut().trusted()).isTrue();
    }

    @Test
    void readsBothSidesOfTheRetrainedLevel() {
        var random = new Random(3);
        var heldOut = random.doubles(300).toArray();
        var texts = random.doubles(300).toArray();
        var retrained = List.of(TextMembership.of(texts, heldOut));
        assertThat(reading(shifted(texts, -0.5), heldOut, retrained)).isEqualTo(Reading.UNDER_FORGOTTEN);
        assertThat(reading(shifted(texts, 0), heldOut, retrained)).isEqualTo(Reading.WITHIN);
        assertThat(reading(shifted(texts, 0.5), heldOut, retrained)).isEqualTo(Reading.OVER_FORGOTTEN);
    }

    @Test
    void theLeakIsLeftOutWhereARetrainedModelFindsEverything() {
        var all = TextMembership.of(new double[] {1, 1}, new double[] {2, 2});
        assertThat(all.against(List.of(all), TRUSTED, 0.1).privacyLeak()).isNull();
    }

    @Test
    void refusesModelsThatWereAskedAboutOtherTexts() {
        var one = TextMembership.of(new double[] {1, 2}, new double[] {2, 3});
        var other = TextMembership.of(new double[] {1, 2, 3}, new double[] {2, 3});
        assertThatThrownBy(() -> one.against(List.of(other), TRUSTED, 0.1))
                .hasMessage("one attack's members and another's must be of one length but are 2 and 3");
        assertThatThrownBy(() -> one.against(List.of(one, other), TRUSTED, 0.1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> one.against(List.of(), TRUSTED, 0.1)).hasMessage("retrained must not be empty");
    }

    @Test
    void anEasierHoldOutIsNotTrustedAndTheReasonSaysWhatItHides() {
        // 3 of 9 pairs, as TOFU's holdout10 was found at 0.33
        var check = HoldOutCheck.of(TextMembership.of(new double[] {2, 4, 6}, new double[] {1, 3, 5}));
        assertThat(check.trusted()).isFalse();
        assertThat(check.reason()).contains("0.333").endsWith("membership looks lower than it is");
        assertThat(HoldOutCheck.of(TextMembership.of(new double[] {1, 2, 3}, new double[] {3, 4, 5}))
                        .reason())
                .endsWith("membership looks higher than it is");
    }

    @Test
    void aMatchedHoldOutIsTrusted() {
        // 4½ of 9 pairs
        assertThat(HoldOutCheck.of(TextMembership.of(new double[] {1, 3, 5}, new double[] {1, 3, 5}))
                        .trusted())
                .isTrue();
    }

    @Test
    void withoutAnUntouchedModelNothingIsTrusted() {
        assertThat(HoldOutCheck.missing().trusted()).isFalse();
    }

    private static Reading reading(double[] forgotten, double[] heldOut, List<TextMembership> retrained) {
        return TextMembership.of(forgotten, heldOut)
                .against(retrained, TRUSTED, 0.1)
                .level()
                .reading();
    }

    private static double[] shifted(double[] values, double by) {
        return Arrays.stream(values).map(value -> value + by).toArray();
    }
}
