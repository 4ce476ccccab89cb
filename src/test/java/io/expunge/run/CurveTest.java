package io.expunge.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.run.Curve.Point;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CurveTest {

    @Test
    void manyStepsBecomeFewPointsWithTheLastOneAmongThem() {
        var curve = new Curve();
        for (long step = 1; step <= 1_001; step++) {
            curve.add(point(step));
        }
        // 257 points are too many, and so are 257 of every second and of every fourth step: 4, 8, … 1000, and the last
        assertThat(curve.points()).hasSize(251).first().isEqualTo(point(4));
        assertThat(curve.points().get(249)).isEqualTo(point(1_000));
        assertThat(curve.points().getLast()).isEqualTo(point(1_001));
    }

    @Test
    void workThatBeginsAgainFromACheckpointTakesBackWhatLiesBehindIt() {
        var curve = new Curve();
        LongStream.rangeClosed(1, 9).forEach(step -> curve.add(point(step)));
        curve.add(new Point(6, -1, Map.of()));
        assertThat(curve.points()).extracting(Point::step).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(curve.points().getLast().loss()).isEqualTo(-1);
    }

    @Test
    void whatAnotherProcessDidComesBeforeAndIsNotDoubled() {
        var curve = new Curve();
        curve.add(point(6));
        curve.add(point(7));
        curve.precede(List.of(point(4), point(5), point(6), point(9)));
        assertThat(curve.points()).extracting(Point::step).containsExactly(4L, 5L, 6L, 7L);
    }

    private static Point point(long step) {
        return new Point(step, 1.0 / step, Map.of("forget", 0.5));
    }
}
