package io.expunge.run;

import io.expunge.engine.ModelRefused;
import io.expunge.engine.Stopped;
import io.expunge.influence.Attribution;
import io.expunge.shared.Problem;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Looks which members an ensemble lacks, takes those that exist already, and puts the others on the queue in shards. It is
 * entered again when the last shard is done, and ends the run when nothing is missing.
 */
@Component
class EnsembleStage implements StageHandler {

    private static final Logger log = LoggerFactory.getLogger(EnsembleStage.class);

    private final Runs runs;
    private final Ensembles ensembles;
    private final EnsembleTable table;
    private final EnsemblePlans plans;
    private final MemberStore members;
    private final EnsembleProgress progress;
    private final AttributionScore score;
    private final AttributionTable attributions;
    private final Clock clock;

    EnsembleStage(
            Runs runs,
            Ensembles ensembles,
            EnsembleTable table,
            EnsemblePlans plans,
            MemberStore members,
            EnsembleProgress progress,
            AttributionScore score,
            AttributionTable attributions,
            Clock clock) {
        this.runs = runs;
        this.ensembles = ensembles;
        this.table = table;
        this.plans = plans;
        this.members = members;
        this.progress = progress;
        this.score = score;
        this.attributions = attributions;
        this.clock = clock;
    }

    @Override
    public Stage stage() {
        return Stage.ENSEMBLE;
    }

    @Override
    public void execute(StageWork work) {
        var id = work.run().id();
        var ensemble = table.find(id).orElseThrow(() -> Problem.notFound("ensemble", id));
        unlinkLost(work, ensemble);
        var present = table.members(id);
        var missing = new ArrayList<Integer>();
        for (int number = 0; number < ensemble.members(); number++) {
            if (!present.containsKey(number)) {
                missing.add(number);
            }
        }
        if (missing.isEmpty()) {
            complete(work, ensemble);
            return;
        }
        plans.requireNobodyForgotten(ensemble, missing);
        ensembles.requireWithinBudget();
        var keys = keys(work, ensemble, missing);
        work.inTransaction(() -> {
            var stored = members.stored(ensemble.controller(), keys.values());
            var linked = new TreeMap<>(keys);
            linked.values().retainAll(stored);
            table.link(id, linked, true, clock.instant());
            keys.keySet().removeAll(linked.keySet());
            if (keys.isEmpty()) {
                return;
            }
            table.sharedOut(id, clock.instant());
            progress.write(ensemble);
            runs.share(id, shards(id, ensemble.shardSize(), keys.keySet()));
        });
        if (keys.isEmpty()) {
            complete(work, ensemble);
        }
    }

    private void complete(StageWork work, EnsembleTable.Row ensemble) {
        var measured = scored(work, ensemble);
        work.inTransaction(() -> {
            measured.ifPresent(attribution -> attributions.put(ensemble.id(), attribution, clock.instant()));
            progress.write(ensemble);
            runs.succeed(ensemble.id());
        });
    }

    /** A score is worth less than the members: what goes wrong with it does not take them along. */
    private Optional<Attribution> scored(StageWork work, EnsembleTable.Row ensemble) {
        try {
            return score.of(ensemble, work.monitor("scoring"));
        } catch (Stopped | UncheckedIOException | DataAccessException e) {
            throw e;
        } catch (RuntimeException e) {
            log.error("ensemble {} could not be scored", ensemble.id(), e);
            return Optional.empty();
        }
    }

    /** A member whose file somebody deleted beside the service is trained anew. */
    private void unlinkLost(StageWork work, EnsembleTable.Row ensemble) {
        var lost = table.members(ensemble.id()).entrySet().stream()
                .filter(member -> Files.notExists(members.file(ensemble.controller(), member.getValue())))
                .map(Map.Entry::getKey)
                .toList();
        if (!lost.isEmpty()) {
            work.inTransaction(() -> table.unlink(ensemble.id(), lost));
        }
    }

    private Map<Integer, String> keys(StageWork work, EnsembleTable.Row ensemble, List<Integer> missing) {
        var plan = plans.of(ensemble);
        if (plan.parts().rows(0).length == 0) {
            throw new ModelRefused("nothing is left to learn from");
        }
        var monitor = work.monitor("plan");
        var keys = new TreeMap<Integer, String>();
        for (int number : missing) {
            if (monitor.stopRequested()) {
                throw new Stopped(keys.size());
            }
            keys.put(number, plan.key(number));
        }
        return keys;
    }

    /** Shards begin at multiples of their size, so that the same ones are queued whenever this is done again. */
    private static List<Shard> shards(UUID run, int size, Set<Integer> numbers) {
        return numbers.stream()
                .map(number -> number / size * size)
                .distinct()
                .map(first -> new Shard(run, first))
                .toList();
    }
}
