package io.expunge.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.api.Evidence;
import io.expunge.api.Evidence.VerdictEnum;
import io.expunge.api.Measurement;
import io.expunge.api.Measurement.OutcomeEnum;
import io.expunge.method.ExactRetraining;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class InShortTest {

    private static final Show SHOW = new Show(Clock.systemUTC());

    @Test
    void saysWhichChecksFailed() {
        var evidence = evidence(
                VerdictEnum.FAILED, check("forget.accuracy", OutcomeEnum.FAILED), check("b", OutcomeEnum.PASSED));
        assertThat(InShort.of(evidence, SHOW))
                .startsWith("1 of 2 checks")
                .contains("forget.accuracy")
                .contains("12 forgotten records");
    }

    @Test
    void saysOfARetrainedModelThatOnlyTheProofIsMissing() {
        var evidence = evidence(
                VerdictEnum.INCONCLUSIVE, check("a", OutcomeEnum.INCONCLUSIVE), check("b", OutcomeEnum.PASSED));
        assertThat(InShort.of(evidence, SHOW))
                .contains("1 of 2 cannot tell with 12 forgotten records")
                .doesNotContain("anew");
        assertThat(InShort.of(evidence.method(new ExactRetraining(5)), SHOW))
                .contains("trained anew without these records");
    }

    @Test
    void saysThatNothingCouldBeShownWhereEveryCheckPassed() {
        var evidence = evidence(VerdictEnum.INCONCLUSIVE, check("a", OutcomeEnum.PASSED));
        assertThat(InShort.of(evidence, SHOW)).contains("nothing was found that tells the model before from");
    }

    private static Evidence evidence(VerdictEnum verdict, Measurement... checks) {
        return new Evidence(UUID.randomUUID(), verdict, List.of(checks), OffsetDateTime.now()).forgetRecords(12L);
    }

    private static Measurement check(String name, OutcomeEnum outcome) {
        return new Measurement(name, name).outcome(outcome);
    }
}
