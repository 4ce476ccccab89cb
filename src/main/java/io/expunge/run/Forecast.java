package io.expunge.run;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.UUID;

/**
 * When the queue will have done what it holds: the order is that of the queue itself, so the most urgent first, one run for
 * a model at a time, each worker doing one after another. A run that is shared out is as many jobs as it has shards.
 */
final class Forecast {

    /**
     * One run, or shard of one, that is to come.
     *
     * @param id of the run's model, or any name for a shard
     * @param said what people say of its urgency
     * @param due deadline of its most urgent request
     * @param ready when it may begin
     * @param takes how long such a run took before
     */
    record Job(UUID id, RunPriority said, Instant due, Instant ready, Duration takes) {

        /** Who goes first among those that may begin. */
        static final Comparator<Job> ORDER = Comparator.comparing(Job::said)
                .reversed()
                .thenComparing(Job::due)
                .thenComparing(Job::id);
    }

    private Forecast() {}

    /**
     * When each job will have ended, by its id.
     *
     * @param jobs at most one of an id
     * @param free when each worker will be free; empty where no worker lives, and then nothing ever ends
     */
    static Map<UUID, Instant> of(List<Job> jobs, List<Instant> free) {
        var ends = new HashMap<UUID, Instant>();
        if (free.isEmpty()) {
            return ends;
        }
        var workers = new PriorityQueue<>(free);
        var waiting = new PriorityQueue<>(Job.ORDER);
        var later = new ArrayList<>(jobs);
        later.sort(Comparator.comparing(Job::ready));
        int next = 0;
        while (next < later.size() || !waiting.isEmpty()) {
            var worker = workers.remove();
            if (waiting.isEmpty() && later.get(next).ready().isAfter(worker)) {
                worker = later.get(next).ready();
            }
            while (next < later.size() && !later.get(next).ready().isAfter(worker)) {
                waiting.add(later.get(next++));
            }
            var job = waiting.remove();
            var end = worker.plus(job.takes());
            ends.put(job.id(), end);
            workers.add(end);
        }
        return ends;
    }
}
