package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class OutputsTest {

    /** Softmax of (ln 1, ln 2, ln 5) is (1/8, 2/8, 5/8). */
    private static final float[] EIGHTHS = {0, (float) Math.log(2), (float) Math.log(5)};

    @Test
    void followsFromProbabilitiesWorkedOutByHand() {
        var outputs = new Outputs(new float[][] {EIGHTHS, EIGHTHS}, new int[] {2, 0});
        assertThat(outputs.probabilities()[0]).containsExactly(new double[] {0.125, 0.25, 0.625}, within(1e-7));
        assertThat(outputs.confidences()).containsExactly(new double[] {0.625, 0.125}, within(1e-7));
        assertThat(outputs.margins()).containsExactly(new double[] {Math.log(5 / 3.0), -Math.log(7)}, within(1e-6));
        assertThat(outputs.crossEntropies())
                .containsExactly(new double[] {-Math.log(0.625), Math.log(8)}, within(1e-6));
        assertThat(outputs.marginsOf(1)).containsExactly(new double[] {-Math.log(3), -Math.log(3)}, within(1e-6));
        assertThat(outputs.hits()).containsExactly(1, 0);
        assertThat(outputs.accuracy()).isEqualTo(0.5);
        assertThat(outputs.unlearningAccuracy()).isEqualTo(0.5);
    }

    @Test
    void staysExactWhereProbabilitiesRoundToZeroAndOne() {
        var outputs = new Outputs(new float[][] {{1000, 0}, {1000, 0}}, new int[] {0, 1});
        assertThat(outputs.margins()).containsExactly(1000, -1000);
        assertThat(outputs.confidences()).containsExactly(1, 0);
        assertThat(outputs.crossEntropies()).containsExactly(0, 1000);
    }

    @Test
    void refusesWhatIsNoOutput() {
        assertThatThrownBy(() -> new Outputs(new float[][] {{0, 1}}, new int[] {2}))
                .hasMessage("row 0 has 2 logits, which cannot hold the label 2");
        assertThatThrownBy(() -> new Outputs(new float[][] {{0, Float.NaN}}, new int[] {0}))
                .hasMessage("row 0 holds a logit that is not a finite number");
        assertThatThrownBy(() -> new Outputs(new float[][] {{0, 1}}, new int[] {}))
                .hasMessage("1 rows of logits but 0 labels");
    }
}
