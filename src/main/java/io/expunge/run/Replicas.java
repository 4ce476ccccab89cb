package io.expunge.run;

import io.expunge.catalog.VersionView;
import io.expunge.catalog.Versions;
import io.expunge.engine.Diverged;
import io.expunge.engine.Logits;
import io.expunge.engine.Monitor;
import io.expunge.engine.Network;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.engine.Session;
import io.expunge.method.NetworkMethod;
import io.expunge.method.PruneThenUnlearn;
import io.expunge.method.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.springframework.stereotype.Component;

/**
 * Repeats what made a run's candidate, from the first random weight to the edit, under other seeds, and retraining as well:
 * what one network says of a record is chance, what a hundred say is a distribution. Only what they say is kept, in the run's
 * workspace, so an attempt that goes on after a kill trains none again.
 */
@Component
public class Replicas {

    private final Versions versions;
    private final Predictions predictions;
    private final Ensembles ensembles;
    private final Runs runs;

    Replicas(Versions versions, Predictions predictions, Ensembles ensembles, Runs runs) {
        this.versions = versions;
        this.predictions = predictions;
        this.ensembles = ensembles;
        this.runs = runs;
    }

    /**
     * What the networks say of some points: the forgotten records first, then some that stay; and some held-out ones.
     *
     * @param before by networks that learned everything
     * @param after by the same, edited as the run's candidate was
     * @param retrained by twice as many that never learned what is forgotten
     * @param labels of the points among the training records
     * @param testLabels of the held-out points
     * @param forget how many points are forgotten records
     */
    public record Answers(
            List<Logits> before,
            List<Logits> after,
            List<Logits> retrained,
            int[] labels,
            int[] testLabels,
            int forget) {}

    /**
     * Trains, edits and asks.
     *
     * @param count N of the edited networks
     * @throws Unserved if the run's method cannot be repeated
     * @throws io.expunge.engine.Stopped if the run is stopped; what was trained so far stays
     */
    public Answers ask(StageWork work, NetworkArchitecture architecture, VersionView parent, int count) {
        var run = work.run();
        var method = (NetworkMethod) Objects.requireNonNull(run.method());
        requireRepeatable(method, parent);
        var task = predictions.task(parent, run.forget());
        var points = ReplicaPoints.of(task, run.id().getLeastSignificantBits());
        var taught = predictions.ensembleFor(method, parent.id(), run.requestIds());
        var bar = new ReplicaBar(work, 3 * count);
        var training = new ReplicaTraining(work, architecture, parent, task);
        var retrained = retrained(work, parent, task, points, taught, training, bar, 2 * count);
        var pairs = unlearned(work, architecture, parent, method, task, points, taught, training, bar, count);
        return new Answers(
                pairs.stream().map(Pair::before).toList(),
                pairs.stream().map(Pair::after).toList(),
                retrained,
                points.labels(),
                points.testLabels(),
                ReplicaPoints.asked(task.forget().length));
    }

    private void requireRepeatable(NetworkMethod method, VersionView parent) {
        if (method instanceof PruneThenUnlearn && versions.rewind(parent.id()).isPresent()) {
            throw new Unserved(
                    "begins again from early weights of the version's own training, which no repetition has");
        }
    }

    private List<Logits> retrained(
            StageWork work,
            VersionView parent,
            Predictions.Forgetting task,
            ReplicaPoints points,
            Optional<UUID> taught,
            ReplicaTraining training,
            ReplicaBar bar,
            int count) {
        var all = new ArrayList<Logits>();
        stored(work, parent, task, taught).ifPresent(ensemble -> {
            runs.compared(work.run().id(), ensemble);
            try (var members = ensembles.members(ensemble)) {
                members.limit(count).forEach(member -> all.add(points.of(member.logits())));
            }
            bar.done(all.size());
        });
        var files = new ReplicaFiles(work.workspace(), "retrained " + parent.id());
        var missing = files.missing("network", count - all.size());
        bar.done(count - all.size() - missing.size());
        training.train(EnsembleKind.RETRAINED, missing, (number, network) -> {
            files.write("network", number, points.ask(network));
            bar.done(1);
        });
        for (int number = 0; all.size() < count; number++) {
            all.add(files.read("network", number));
        }
        return all;
    }

    /** Networks that somebody had retrained without exactly these records, unless the method was taught by them. */
    private Optional<UUID> stored(
            StageWork work, VersionView parent, Predictions.Forgetting task, Optional<UUID> taught) {
        return ensembles
                .newest(parent.id(), EnsembleKind.RETRAINED, work.run().requestIds())
                .map(EnsembleView::id)
                .filter(ensemble -> !taught.equals(Optional.of(ensemble)))
                .filter(ensemble -> {
                    try (var parts = ensembles.parts(ensemble)) {
                        return parts.findFirst()
                                .map(rows -> Arrays.equals(rows, task.retain()))
                                .orElse(false);
                    }
                });
    }

    private record Pair(Logits before, Logits after) {}

    private List<Pair> unlearned(
            StageWork work,
            NetworkArchitecture architecture,
            VersionView parent,
            NetworkMethod method,
            Predictions.Forgetting task,
            ReplicaPoints points,
            Optional<UUID> taught,
            ReplicaTraining training,
            ReplicaBar bar,
            int count) {
        var files = new ReplicaFiles(work.workspace(), "edited " + parent.id() + " " + method + " " + taught);
        var missing = files.missing("after", count);
        bar.done(count - missing.size());
        if (!missing.isEmpty()) {
            var lesson = predictions.lesson(
                    method, taught, parent, architecture.classes(), work.run().forget(), bar.silent());
            training.train(EnsembleKind.ORIGINALS, missing, (number, network) -> {
                files.write("before", number, points.ask(network));
                edit(Reseeded.of(method, number), network, parent, task, lesson, bar.silent());
                files.write("after", number, points.ask(network));
                bar.done(1);
            });
        }
        return IntStream.range(0, count)
                .mapToObj(number -> new Pair(files.read("before", number), files.read("after", number)))
                .toList();
    }

    private static void edit(
            NetworkMethod method,
            Network network,
            VersionView parent,
            Predictions.Forgetting task,
            Lesson lesson,
            Monitor monitor) {
        var learned = task.learned().train();
        try {
            method.apply(new Task(
                    network,
                    learned.subset(task.forget()),
                    learned.subset(task.retain()),
                    parent.trained().ofNetwork(),
                    Optional.empty(),
                    lesson.predicted().map(predicted -> predicted.apply(network)),
                    lesson.retrained(),
                    new Session(monitor)));
        } catch (Diverged e) {
            throw new Unserved("ran away on a network of another seed: " + e.getMessage());
        }
    }
}
