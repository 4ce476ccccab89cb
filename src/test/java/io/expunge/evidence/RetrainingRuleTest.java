package io.expunge.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.evidence.RetrainingRule.Distance;
import io.expunge.evidence.RetrainingRule.Limit;
import io.expunge.evidence.RetrainingRule.Reason;
import io.expunge.metric.Check;
import org.junit.jupiter.api.Test;

class RetrainingRuleTest {

    private static final RetrainingLimits LIMITS = new RetrainingLimits(0.1, 0.02, 3);

    @Test
    void nothingIsRecommendedBelowEveryLimit() {
        assertThat(RetrainingRule.reasons(new Distance(2, 99, 1_000L, Check.TEST_ACCURACY, 0.0199), LIMITS))
                .isEmpty();
    }

    @Test
    void eachLimitThatIsReachedIsAReasonOfItsOwn() {
        assertThat(RetrainingRule.reasons(new Distance(3, 100, 1_000L, Check.TEST_ACCURACY, 0.02), LIMITS))
                .extracting(Reason::limit)
                .containsExactly(Limit.FORGOTTEN_SHARE, Limit.UTILITY_DROP, Limit.EDITS);
        assertThat(RetrainingRule.reasons(new Distance(1, 250, 1_000L, null, null), LIMITS))
                .singleElement()
                .satisfies(reason -> {
                    assertThat(reason.value()).isEqualTo(0.25);
                    assertThat(reason.text()).contains("25.0 %").contains("10.0 %");
                });
    }

    @Test
    void anExactVersionNeedsNoRetrainingWhateverWasForgottenBefore() {
        assertThat(RetrainingRule.reasons(new Distance(0, 0, 1_000L, null, null), new RetrainingLimits(0, 0, 1)))
                .isEmpty();
    }

    @Test
    void whereNobodyKnowsHowManyRecordsThereWereTheShareIsNoReason() {
        assertThat(RetrainingRule.reasons(new Distance(1, 500, null, null, null), LIMITS))
                .isEmpty();
    }
}
