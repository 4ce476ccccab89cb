package io.expunge.run;

import io.expunge.catalog.VersionView;
import io.expunge.catalog.Versions;
import io.expunge.engine.Diverged;
import io.expunge.engine.Logits;
import io.expunge.engine.Network;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.engine.Session;
import io.expunge.method.DatamodelMatching;
import io.expunge.method.NetworkMethod;
import io.expunge.method.PruneThenUnlearn;
import io.expunge.method.Task;
import io.expunge.method.Teacher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
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
     * What the networks say of some points: the forgotten records first, then some that stay; and some held-out ones. Each is
     * read when it is asked for, and may be until the run's files are erased.
     *
     * @param before by networks that learned everything
     * @param after by the same, edited as the run's candidate was
     * @param predicted of the forgotten records alone: what an attribution foretold that the former would say; empty where the
     *     method is not taught by one
     * @param retrained by twice as many that never learned what is forgotten
     * @param labels of the points among the training records
     * @param testLabels of the held-out points
     * @param forget how many points are forgotten records
     */
    public record Answers(
            List<Supplier<Logits>> before,
            List<Supplier<Logits>> after,
            List<Supplier<Logits>> predicted,
            List<Supplier<Logits>> retrained,
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
        var method = (NetworkMethod) Objects.requireNonNull(work.run().method());
        if (method instanceof PruneThenUnlearn && versions.rewind(parent.id()).isPresent()) {
            throw new Unserved(
                    "begins again from early weights of the version's own training, which no repetition has");
        }
        return new Repetition(work, architecture, parent, method, count).answers();
    }

    /** All that one run is asked. */
    private final class Repetition {

        private final StageWork work;
        private final NetworkArchitecture architecture;
        private final VersionView parent;
        private final NetworkMethod method;
        private final int count;
        private final Predictions.Forgetting task;
        private final ReplicaPoints points;
        private final Optional<UUID> taught;
        private final ReplicaTraining training;
        private final ReplicaBar bar;

        Repetition(
                StageWork work, NetworkArchitecture architecture, VersionView parent, NetworkMethod method, int count) {
            this.work = work;
            this.architecture = architecture;
            this.parent = parent;
            this.method = method;
            this.count = count;
            this.task = predictions.task(parent, work.run().forget());
            this.points = ReplicaPoints.of(task, work.run().id().getLeastSignificantBits());
            this.taught =
                    predictions.ensembleFor(method, parent.id(), work.run().requestIds());
            this.training = new ReplicaTraining(work, architecture, parent, task);
            this.bar = new ReplicaBar(work, 3 * count);
        }

        Answers answers() {
            var retrained = retrained(2 * count);
            var edited = new ReplicaFiles(work.workspace(), "edited " + parent.id() + " " + method + " " + taught);
            edit(edited);
            return new Answers(
                    edited.all("before", count),
                    edited.all("after", count),
                    method instanceof DatamodelMatching ? edited.all("predicted", count) : List.of(),
                    retrained,
                    points.labels(),
                    points.testLabels(),
                    points.forget());
        }

        private List<Supplier<Logits>> retrained(int wanted) {
            var files = new ReplicaFiles(work.workspace(), "retrained " + parent.id());
            var all = new ArrayList<Supplier<Logits>>();
            stored().ifPresent(ensemble -> {
                runs.compared(work.run().id(), ensemble);
                int[] number = {0};
                try (var members = ensembles.members(ensemble)) {
                    members.limit(wanted)
                            .forEach(member -> files.write("stored", number[0]++, points.of(member.logits())));
                }
                all.addAll(files.all("stored", number[0]));
                bar.done(all.size());
            });
            int others = wanted - all.size();
            var missing = files.missing("network", others);
            bar.done(others - missing.size());
            training.train(EnsembleKind.RETRAINED, missing, (number, network) -> {
                files.write("network", number, points.ask(network));
                bar.done(1);
            });
            all.addAll(files.all("network", others));
            return all;
        }

        /** Networks that somebody had retrained without exactly these records, unless the method was taught by them. */
        private Optional<UUID> stored() {
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

        private void edit(ReplicaFiles files) {
            var missing = files.missing("after", count);
            bar.done(count - missing.size());
            if (missing.isEmpty()) {
                return;
            }
            var lesson = predictions.lesson(
                    method, taught, parent, architecture.classes(), work.run().forget(), bar.silent());
            training.train(EnsembleKind.ORIGINALS, missing, (number, network) -> {
                files.write("before", number, points.ask(network));
                var predicted = lesson.predicted().map(teacher -> teacher.apply(network));
                predicted.ifPresent(
                        teacher -> files.write("predicted", number, points.ofForgotten(teacher.onForget(), task)));
                edit(network, number, predicted, lesson.retrained());
                files.write("after", number, points.ask(network));
                bar.done(1);
            });
        }

        private void edit(Network network, int number, Optional<Teacher> predicted, Optional<Teacher> retrained) {
            var learned = task.learned().train();
            try {
                Reseeded.of(method, number)
                        .apply(new Task(
                                network,
                                learned.subset(task.forget()),
                                learned.subset(task.retain()),
                                parent.trained().ofNetwork(),
                                Optional.empty(),
                                predicted,
                                retrained,
                                new Session(bar.silent())));
            } catch (Diverged e) {
                throw new Unserved("ran away on a network of another seed: " + e.getMessage());
            }
        }
    }
}
