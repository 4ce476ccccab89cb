package io.expunge.run;

import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What runs that are shared out do to the queue: a shard that is in hand holds its worker until it is done, and those that wait
 * go among the others by the deadline of their run, the last of all where it has none.
 */
@Component
class ShardForecast {

    private final JdbcClient jdbc;
    private final EnsembleTable table;
    private final RunSettings settings;

    ShardForecast(JdbcClient jdbc, EnsembleTable table, RunSettings settings) {
        this.jdbc = jdbc;
        this.table = table;
        this.settings = settings;
    }

    /**
     * Shards of all open runs of a controller.
     *
     * @param busy when the workers that have one in hand will be free
     * @param waiting those that are still to come
     */
    record Load(List<Instant> busy, List<Forecast.Job> waiting) {}

    private record Open(UUID id, RunPriority said, @Nullable Instant due) {}

    Load of(UUID controller, Instant now) {
        var busy = new ArrayList<Instant>();
        var waiting = new ArrayList<Forecast.Job>();
        for (var run : open(controller)) {
            table.find(run.id()).ifPresent(ensemble -> {
                var count = table.count(run.id());
                var inHand = inHand(run.id());
                var takes = takes(ensemble.shardSize(), count.rate(ensemble.shardsSince()), inHand.size());
                inHand.forEach(shard -> busy.add(now.plus(takes)));
                var due = run.due() == null ? Instant.MAX : run.due();
                toCome(ensemble, inHand)
                        .forEach(
                                shard -> waiting.add(new Forecast.Job(UUID.randomUUID(), run.said(), due, now, takes)));
            });
        }
        return new Load(busy, waiting);
    }

    /**
     * How long a worker has a shard in hand.
     *
     * @param rate members a second that all workers together have trained; 0 while nobody can tell
     * @param workers that are at it now
     */
    private Duration takes(int members, double rate, int workers) {
        return rate > 0
                ? Duration.ofMillis(Math.round(1e3 * members * Math.max(1, workers) / rate))
                : settings.runTakes();
    }

    /** Shards that lack a member and that nobody has in hand. */
    private Set<Integer> toCome(EnsembleTable.Row ensemble, Set<Integer> inHand) {
        var present = table.members(ensemble.id()).keySet();
        var shards = new HashSet<Integer>();
        IntStream.range(0, ensemble.members())
                .filter(number -> !present.contains(number))
                .forEach(number -> shards.add(number / ensemble.shardSize() * ensemble.shardSize()));
        shards.removeAll(inHand);
        return shards;
    }

    private List<Open> open(UUID controller) {
        return jdbc.sql("""
                        select id, priority, due_at from run
                        where controller_id = ? and kind = 'ENSEMBLE'
                          and state in ('QUEUED', 'RUNNING', 'RETRYING', 'AWAITING_SHARDS')
                        """)
                .param(controller)
                .query((row, i) -> new Open(
                        row.getObject(1, UUID.class),
                        RunPriority.valueOf(row.getString(2)),
                        row.getTimestamp(3) == null ? null : row.getTimestamp(3).toInstant()))
                .list();
    }

    /** First members of the shards that workers have in hand. */
    private Set<Integer> inHand(UUID run) {
        var shards = new HashSet<Integer>();
        jdbc.sql("select task_instance from edit_task where task_name = ? and picked and task_instance like ?")
                .params(EditQueue.SHARD_TASK, run + "/%")
                .query((ResultSet row) -> {
                    shards.add(Shard.named(row.getString(1)).first());
                });
        return shards;
    }
}
