package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ConfidenceAttackTest {

    /** Members at p ≈ 0.9, others at p ≈ 0.5: the machine's boundary lies between, as any threshold's would. */
    @Test
    void agreesWithTheThresholdWhereTheConfidencesAreApart() {
        var retain = outputs(300, 0.9, 0.02, 1);
        var test = outputs(200, 0.5, 0.02, 2);
        var attack = ConfidenceAttack.train(retain, test, 9);
        assertThat(attack.efficacy(outputs(50, 0.5, 0.02, 3))).isEqualTo(1);
        assertThat(attack.efficacy(outputs(50, 0.9, 0.02, 4))).isZero();
        assertThat(attack.efficacy(outputs(50, 0.99, 0.001, 5))).isZero();
    }

    @Test
    void findsNothingWhereBothSidesAreAlike() {
        var retain = outputs(800, 0.7, 0.05, 1);
        var test = outputs(800, 0.7, 0.05, 2);
        var attack = ConfidenceAttack.train(retain, test, 9);
        double right =
                (1 - attack.efficacy(outputs(500, 0.7, 0.05, 3)) + attack.efficacy(outputs(500, 0.7, 0.05, 4))) / 2;
        assertThat(right).isCloseTo(0.5, within(0.06));
    }

    @Test
    void drawsEquallyManyOnBothSidesSoThatTheLargerOneDoesNotWin() {
        var retain = outputs(5000, 0.6, 0.1, 1);
        var test = outputs(100, 0.5, 0.1, 2);
        // nearly all of an unbalanced training would be answered "member"
        assertThat(ConfidenceAttack.train(retain, test, 9).efficacy(outputs(400, 0.4, 0.05, 3)))
                .isGreaterThan(0.8);
    }

    @Test
    void doesNotTakeTheAbsenceOfAClassForANonMember() {
        var retain = outputs(200, 0.7, 0.05, 1);
        var known = outputs(200, 0.7, 0.05, 2);
        var strange = relabelled(outputs(200, 0.1, 0.02, 3), 2);
        var with = ConfidenceAttack.train(retain, concat(known, strange), 9);
        var without = ConfidenceAttack.train(retain, known, 9);
        var asked = outputs(300, 0.1, 0.02, 4);
        assertThat(with.efficacy(asked)).isEqualTo(without.efficacy(asked));
        assertThatThrownBy(() -> ConfidenceAttack.train(retain, strange, 9))
                .hasMessageContaining("needs retained and test records");
    }

    @Test
    void isDeterministicByItsSeed() {
        var retain = outputs(3000, 0.75, 0.1, 1);
        var test = outputs(3000, 0.7, 0.1, 2);
        var asked = outputs(500, 0.72, 0.1, 3);
        assertThat(ConfidenceAttack.train(retain, test, 5).nonMembers(asked))
                .isEqualTo(ConfidenceAttack.train(retain, test, 5).nonMembers(asked));
    }

    /** Three classes, label 0, with confidences around {@code centre}. */
    static Outputs outputs(int count, double centre, double spread, long seed) {
        var random = new Random(seed);
        var logits = new float[count][];
        for (int i = 0; i < count; i++) {
            double p = Math.clamp(centre + spread * random.nextGaussian(), 0.001, 0.999);
            logits[i] = new float[] {(float) Math.log(2 * p / (1 - p)), 0, 0};
        }
        return new Outputs(logits, new int[count]);
    }

    private static Outputs relabelled(Outputs outputs, int label) {
        var logits = new float[outputs.size()][];
        var labels = new int[outputs.size()];
        var margins = outputs.margins();
        for (int i = 0; i < logits.length; i++) {
            logits[i] = new float[] {0, 0, (float) (margins[i] + Math.log(2))};
            labels[i] = label;
        }
        return new Outputs(logits, labels);
    }

    private static Outputs concat(Outputs a, Outputs b) {
        var logits = new float[a.size() + b.size()][];
        var labels = new int[logits.length];
        for (int i = 0; i < logits.length; i++) {
            var one = i < a.size() ? a : b;
            int row = i < a.size() ? i : i - a.size();
            double margin = one.margins()[row] + Math.log(2);
            labels[i] = one.labels()[row];
            logits[i] = new float[3];
            logits[i][labels[i]] = (float) margin;
        }
        return new Outputs(logits, labels);
    }
}
