package io.expunge.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.api.Measurement;
import org.junit.jupiter.api.Test;

class DrawingTest {

    @Test
    void aLimitStandsWhereTheReferenceAndTheLimitPutIt() {
        var drawing = Drawing.of(measured().least(-0.1).most(0.1));
        // from 0.3 to 0.9 with a margin of 8 % of 0.6 on both sides
        assertThat(drawing.least()).isEqualTo("35.632");
        assertThat(drawing.most()).isEqualTo("64.368");
        assertThat(drawing.after()).isEqualTo("50.000");
    }

    @Test
    void aLimitThatFailedIsDrawnBesideWhatItRefused() {
        var drawing = Drawing.of(measured().most(-0.4));
        assertThat(Double.parseDouble(drawing.most())).isBetween(0.0, 30.0);
    }

    @Test
    void aLimitFarFromEverythingIsLeftOut() {
        var drawing = Drawing.of(measured().least(-100.0).most(100.0));
        assertThat(drawing.least()).isNull();
        assertThat(drawing.most()).isNull();
    }

    private static Measurement measured() {
        return new Measurement("forget.accuracy", "accuracy")
                .before(0.9)
                .after(0.6)
                .reference(0.6)
                .difference(0.0)
                .low(-0.3)
                .high(0.2);
    }
}
