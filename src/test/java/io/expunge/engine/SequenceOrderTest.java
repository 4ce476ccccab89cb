package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SequenceOrderTest {

    private static final int[] LENGTHS = new Random(1).ints(501, 5, 120).toArray();

    @Test
    void everyEpochTakesEachSequenceOnceAndInAnOrderOfItsOwn() {
        var order = new SequenceOrder(LENGTHS, 32, 7);
        assertThat(order.perEpoch()).isEqualTo(16);
        var first = epoch(order, 0);
        var second = epoch(order, 1);
        assertThat(Arrays.stream(first).sorted().toArray())
                .isEqualTo(IntStream.range(0, 501).toArray())
                .isEqualTo(Arrays.stream(second).sorted().toArray());
        assertThat(first).isNotEqualTo(second);
    }

    @Test
    void whatAStepTakesDependsOnTheSeedAndItsNumberAlone() {
        var undisturbed = new SequenceOrder(LENGTHS, 32, 7);
        IntStream.range(0, 40).forEach(undisturbed::at);
        assertThat(new SequenceOrder(LENGTHS, 32, 7).at(41)).isEqualTo(undisturbed.at(41));
        assertThat(new SequenceOrder(LENGTHS, 32, 8).at(41)).isNotEqualTo(undisturbed.at(41));
    }

    @Test
    void batchesOfLikeLengthsPayLessPaddingThanPlainOnesDo() {
        assertThat(padding(new SequenceOrder(LENGTHS, 32, 7))).isLessThan(0.15);
        var plain = IntStream.range(0, 501).toArray();
        assertThat(share(plain, 32)).isGreaterThan(0.4);
    }

    private static double padding(SequenceOrder order) {
        return share(epoch(order, 0), 32);
    }

    /** Padded tokens for each token, less 1. */
    private static double share(int[] rows, int batchSize) {
        long padded = 0;
        for (int from = 0; from < rows.length; from += batchSize) {
            int to = Math.min(rows.length, from + batchSize);
            padded += (long) (to - from)
                    * Arrays.stream(rows, from, to)
                            .map(row -> LENGTHS[row])
                            .max()
                            .orElseThrow();
        }
        return padded / (double) Arrays.stream(LENGTHS).sum() - 1;
    }

    private static int[] epoch(SequenceOrder order, int epoch) {
        return IntStream.range(epoch * order.perEpoch(), (epoch + 1) * order.perEpoch())
                .mapToObj(order::at)
                .flatMapToInt(Arrays::stream)
                .toArray();
    }
}
