package io.expunge.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EnsemblePartsTest {

    private static final int[] NONE = {};

    @Test
    void aHalfFollowsFromSeedAndNumberAlone() {
        var parts = new EnsembleParts(EnsembleKind.HALVES, 3, 100, NONE);
        assertThat(parts.rows(5))
                .hasSize(50)
                .isSorted()
                .isEqualTo(new EnsembleParts(EnsembleKind.HALVES, 3, 100, NONE).rows(5))
                .isNotEqualTo(parts.rows(6))
                .isNotEqualTo(new EnsembleParts(EnsembleKind.HALVES, 4, 100, NONE).rows(5));
    }

    @Test
    void originalsLearnFromAllAndRetrainedOnesFromAllButTheExcluded() {
        assertThat(new EnsembleParts(EnsembleKind.ORIGINALS, 3, 5, NONE).rows(1))
                .containsExactly(0, 1, 2, 3, 4);
        assertThat(new EnsembleParts(EnsembleKind.RETRAINED, 3, 5, new int[] {1, 4}).rows(1))
                .containsExactly(0, 2, 3);
    }

    @Test
    void noTwoMembersAndNoTwoKindsShareASeed() {
        var seeds = Arrays.stream(EnsembleKind.values())
                .flatMapToLong(kind -> IntStream.range(0, 1_000)
                        .mapToLong(number -> new EnsembleParts(kind, 3, 10, NONE).seed(number)));
        assertThat(seeds.distinct().count()).isEqualTo(3_000);
    }

    @Test
    void aShardIsFoundAgainByItsName() {
        var shard = new Shard(UUID.randomUUID(), 1_950);
        assertThat(Shard.named(shard.name())).isEqualTo(shard);
    }
}
