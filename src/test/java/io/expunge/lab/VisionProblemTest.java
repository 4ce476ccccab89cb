package io.expunge.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.engine.Examples;
import io.expunge.engine.Recipe;
import io.expunge.engine.VisionTransformer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VisionProblemTest {

    private static final LabData DATA = new LabData(images(VisionProblem.RECORDS + 500, 1), images(300, 2));
    private static final VisionProblem PROBLEM = VisionProblem.of(
            new VisionTransformer(1, 8, 4, 8, 1, 2, 8, 1e-6, 10),
            new Recipe(1, 8, 0.1, 0, 0, Recipe.Schedule.CONSTANT, false),
            DATA,
            3);

    @Test
    void aTenthOfTheLabelsIsWrongAndHalfOfThemIsJudged() {
        int wrong = 0;
        for (var sets : new VisionProblem.Sets[] {PROBLEM.tuning(), PROBLEM.judged()}) {
            assertThat(keys(sets.wrong())).isEqualTo(keys(sets.right()));
            var learned = sets.wrong().labels();
            var truth = sets.right().labels();
            for (int i = 0; i < learned.length; i++) {
                assertThat(learned[i]).isNotEqualTo(truth[i]).isBetween(0, 9);
            }
            wrong += learned.length;
        }
        assertThat(wrong).isEqualTo(PROBLEM.train().size() / 10);
        assertThat(keys(PROBLEM.train())).containsAll(keys(PROBLEM.judged().wrong()));
    }

    @Test
    void nothingThatEditsAreJudgedByWasSeenByTheirChoice() {
        assertThat(keys(PROBLEM.tuning().wrong()))
                .doesNotContainAnyElementsOf(keys(PROBLEM.judged().wrong()));
        assertThat(keys(PROBLEM.tuning().heldOut()))
                .doesNotContainAnyElementsOf(keys(PROBLEM.judged().heldOut()));
        assertThat(PROBLEM.others().size()).isEqualTo(200);
        assertThat(PROBLEM.tuning().heldOut().size()).isEqualTo(300);
        assertThat(PROBLEM.judged().heldOut().size()).isEqualTo(300);
        for (var unseen : List.of(
                PROBLEM.others(), PROBLEM.tuning().heldOut(), PROBLEM.judged().heldOut())) {
            assertThat(keys(unseen)).doesNotContainAnyElementsOf(keys(PROBLEM.train()));
        }
        assertThat(keys(PROBLEM.others()))
                .doesNotContainAnyElementsOf(keys(PROBLEM.tuning().heldOut()))
                .doesNotContainAnyElementsOf(keys(PROBLEM.judged().heldOut()));
    }

    /** Every image as a number of its own. */
    private static Set<Integer> keys(Examples images) {
        var keys = new HashSet<Integer>();
        for (int i = 0; i < images.size(); i++) {
            var digest = sha256();
            images.subset(new int[] {i}).relabelled(new int[1]).digest(digest);
            keys.add(Arrays.hashCode(digest.digest()));
        }
        return keys;
    }

    private static java.security.MessageDigest sha256() {
        try {
            return java.security.MessageDigest.getInstance("SHA-256");
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Examples images(int count, long seed) {
        var pixels = new byte[count * 64];
        new Random(seed).nextBytes(pixels);
        return Examples.ofBytes(
                pixels, IntStream.range(0, count).map(i -> i % 10).toArray(), 1, 8, 8);
    }
}
