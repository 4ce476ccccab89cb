package io.expunge.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.run.Forecast.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ForecastTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final UUID A = new UUID(0, 1);
    private static final UUID B = new UUID(0, 2);
    private static final UUID C = new UUID(0, 3);

    @Test
    void theMostUrgentGoesFirstAndOneWorkerDoesOneAfterAnother() {
        var jobs = List.of(job(A, 30, 0, 5), job(B, 10, 0, 2), job(C, 20, 0, 3));
        assertThat(Forecast.of(jobs, List.of(NOW))).isEqualTo(Map.of(B, at(2), C, at(5), A, at(10)));
    }

    @Test
    void twoWorkersShareTheWorkAndOneOfThemIsBusyYet() {
        var jobs = List.of(job(A, 30, 0, 5), job(B, 10, 0, 2), job(C, 20, 0, 3));
        assertThat(Forecast.of(jobs, List.of(NOW, at(4)))).isEqualTo(Map.of(B, at(2), C, at(5), A, at(9)));
    }

    /** A worker does not wait for something urgent that may not begin yet. */
    @Test
    void whatMayNotBeginYetLetsOthersPass() {
        var jobs = List.of(job(A, 1, 4, 1), job(B, 50, 0, 6));
        assertThat(Forecast.of(jobs, List.of(NOW))).isEqualTo(Map.of(B, at(6), A, at(7)));
    }

    @Test
    void anIdleWorkerWaitsForTheNextThatMayBegin() {
        assertThat(Forecast.of(List.of(job(A, 9, 4, 1)), List.of(NOW))).isEqualTo(Map.of(A, at(5)));
    }

    @Test
    void withoutAWorkerNothingEnds() {
        assertThat(Forecast.of(List.of(job(A, 1, 0, 1)), List.of())).isEmpty();
    }

    @Test
    void whatPeopleSayOfTheOrderGoesBeforeDeadlines() {
        var jobs = List.of(
                new Job(A, RunPriority.LOW, at(1), at(0), Duration.ofHours(1)),
                new Job(B, RunPriority.NORMAL, at(2), at(0), Duration.ofHours(1)),
                new Job(C, RunPriority.HIGH, at(3), at(0), Duration.ofHours(1)));
        assertThat(Forecast.of(jobs, List.of(NOW))).isEqualTo(Map.of(C, at(1), B, at(2), A, at(3)));
    }

    /** The queue orders by one number, which must say the same as the forecast. */
    @Test
    void theQueueOrdersAsTheForecastDoes() {
        var inOrder = new java.util.ArrayList<Integer>();
        for (var said : List.of(RunPriority.HIGH, RunPriority.NORMAL)) {
            for (int days = 0; days < 5_000; days += 50) {
                inOrder.add(EditQueue.priority(NOW.plus(Duration.ofDays(days)), said));
            }
            inOrder.add(EditQueue.priority(null, said));
        }
        inOrder.add(EditQueue.priority(NOW, RunPriority.LOW));
        assertThat(inOrder)
                .isSortedAccordingTo(java.util.Comparator.reverseOrder())
                .doesNotHaveDuplicates()
                .allMatch(priority -> priority == priority.shortValue());
        assertThat(EditQueue.priority(null, RunPriority.LOW)).isEqualTo(inOrder.getLast());
    }

    @Test
    void shardsWithoutADeadlineDelayNothingButWhatTheyHaveAlreadyAWorkerFor() {
        var shards = java.util.stream.IntStream.range(0, 4)
                .mapToObj(i -> new Job(new UUID(1, i), RunPriority.NORMAL, Instant.MAX, NOW, Duration.ofHours(3)))
                .toList();
        var jobs = new java.util.ArrayList<>(shards);
        jobs.add(job(A, 10, 0, 2));
        jobs.add(job(B, 20, 2, 2));
        // the worker has one in hand until 3
        var ends = Forecast.of(jobs, List.of(at(3)));
        assertThat(ends).containsEntry(A, at(5)).containsEntry(B, at(7));
        assertThat(shards).extracting(shard -> ends.get(shard.id())).contains(at(10), at(19));
    }

    @Test
    void shardsOfAnUrgentRunGoFirstAndAsManyWorkersAsThereAreShareThem() {
        var jobs = new java.util.ArrayList<Job>();
        for (int i = 0; i < 4; i++) {
            jobs.add(job(new UUID(1, i), 5, 0, 3));
        }
        jobs.add(job(A, 10, 0, 2));
        assertThat(Forecast.of(jobs, List.of(NOW))).containsEntry(A, at(14));
        assertThat(Forecast.of(jobs, List.of(NOW, NOW))).containsEntry(A, at(8));
    }

    private static Job job(UUID model, int due, int ready, int takes) {
        return new Job(model, RunPriority.NORMAL, at(due), at(ready), Duration.ofHours(takes));
    }

    private static Instant at(int hours) {
        return NOW.plus(Duration.ofHours(hours));
    }
}
