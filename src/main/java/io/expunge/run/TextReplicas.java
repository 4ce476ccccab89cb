package io.expunge.run;

import io.expunge.catalog.TextSets;
import io.expunge.catalog.VersionView;
import io.expunge.catalog.Versions;
import io.expunge.engine.Diverged;
import io.expunge.engine.HuggingFaceDirectory;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.Logits;
import io.expunge.engine.MomentStream;
import io.expunge.engine.Monitor;
import io.expunge.engine.SecondMoments;
import io.expunge.engine.Seeds;
import io.expunge.engine.Sequences;
import io.expunge.engine.Session;
import io.expunge.method.Curvatures;
import io.expunge.method.DatamodelMatching;
import io.expunge.method.ExactRetraining;
import io.expunge.method.LanguageMethod;
import io.expunge.method.LanguageTask;
import io.expunge.method.Teacher;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * What {@link Replicas} is for classifiers: repeats what made a run's candidate of a language model under other seeds, from where
 * its training began to the edit, and retraining as well. Only how likely the models find the answers is kept.
 */
@Component
public class TextReplicas {

    /** Texts of each kind; more would tell little more, and each is read by every model. */
    private static final int MOST = 500;

    private static final float[][] NOTHING = {};

    private final Versions versions;
    private final TextSets sets;
    private final TextPredictions predictions;
    private final VersionCurvature curvature;

    TextReplicas(Versions versions, TextSets sets, TextPredictions predictions, VersionCurvature curvature) {
        this.versions = versions;
        this.sets = sets;
        this.predictions = predictions;
        this.curvature = curvature;
    }

    /**
     * What the models say of some texts: in each row the mean log-probability of the tokens of one answer, in nats. Forgotten
     * texts come first, then some that stay; held-out ones are apart. Each is read when it is asked for, and may be until the
     * run's files are erased.
     *
     * @param before by models that learned everything
     * @param after by the same, edited as the run's candidate was
     * @param predicted of the forgotten texts alone, and in log odds: what an attribution foretold that the former would say;
     *     empty where the method is not taught by one
     * @param retrained by twice as many that never learned what is forgotten
     * @param forget how many texts are forgotten ones
     * @param retain how many stay
     * @param test how many are held out
     */
    public record Answers(
            List<Supplier<Logits>> before,
            List<Supplier<Logits>> after,
            List<Supplier<Logits>> predicted,
            List<Supplier<Logits>> retrained,
            int forget,
            int retain,
            int test) {}

    /**
     * Trains, edits and asks.
     *
     * @param count N of the edited models
     * @throws Unserved if the run's method cannot be repeated
     * @throws io.expunge.engine.Stopped if the run is stopped; what was trained so far stays
     */
    public Answers ask(StageWork work, VersionView parent, int count) {
        return new Repetition(work, parent, count).answers();
    }

    /** All that one run is asked. */
    private final class Repetition {

        private final StageWork work;
        private final VersionView parent;
        private final LanguageMethod method;
        private final int count;
        private final HuggingFaceDirectory layout;
        private final TextSets.Sets data;
        private final Sequences everything;
        private final int[] forgotten;
        private final Sequences forget;
        private final Sequences retain;
        private final Sequences test;
        private final ReplicaBar bar;

        Repetition(StageWork work, VersionView parent, int count) {
            long seed = parent.trained().seed();
            this.work = work;
            this.parent = parent;
            this.method = (LanguageMethod) Objects.requireNonNull(work.run().method());
            this.count = count;
            this.layout = HuggingFaceDirectory.open(versions.directory(parent.id()));
            this.data = sets.split(parent.id(), work.run().forget(), seed);
            // with nothing to forget all that the version learned stays, copies of forgotten texts among it
            this.everything = sets.split(parent.id(), List.of(), seed).retain().sequences();
            var random = new Random(work.run().id().getLeastSignificantBits());
            this.forgotten = some(data.forget().size(), random);
            this.forget = data.forget().sequences().subset(forgotten);
            this.retain = data.retain().sequences().subset(some(data.retain().size(), random));
            this.test = data.test().sequences().subset(some(data.test().size(), random));
            this.bar = new ReplicaBar(work, 3 * count);
        }

        private static int[] some(int all, Random random) {
            return ReplicaPoints.some(IntStream.range(0, all).toArray(), MOST, random);
        }

        Answers answers() {
            var retrained = new ReplicaFiles(work.workspace(), "retrained texts " + parent.id());
            retrain(retrained);
            var edited = new ReplicaFiles(work.workspace(), "edited texts " + parent.id() + " " + method);
            edit(edited);
            return new Answers(
                    edited.all("before", count),
                    edited.all("after", count),
                    method instanceof DatamodelMatching ? edited.all("predicted", count) : List.of(),
                    retrained.all("model", 2 * count),
                    forget.size(),
                    retain.size(),
                    test.size());
        }

        private void retrain(ReplicaFiles files) {
            var missing = files.missing("model", 2 * count);
            bar.done(2 * count - missing.size());
            for (int number : missing) {
                try (var model = LanguageModel.open(layout)) {
                    train(model, EnsembleKind.RETRAINED, number, data.retain().sequences());
                    files.write("model", number, asked(model));
                }
                bar.done(1);
            }
        }

        private void edit(ReplicaFiles files) {
            var missing = files.missing("after", count);
            bar.done(count - missing.size());
            var lesson = predictions.lesson(method, data, bar.silent());
            for (int number : missing) {
                try (var model = LanguageModel.open(layout)) {
                    train(model, EnsembleKind.ORIGINALS, number, everything);
                    files.write("before", number, asked(model));
                    var predicted = lesson.map(teacher -> teacher.apply(model));
                    predicted.ifPresent(teacher -> files.write("predicted", number, foretold(teacher)));
                    edit(model, number, predicted);
                    files.write("after", number, asked(model));
                }
                bar.done(1);
            }
        }

        private void train(LanguageModel model, EnsembleKind kind, int number, Sequences learn) {
            var monitor = new QuietMonitor(work.monitor("replica-text-" + kind + "-" + number + "-" + parent.id()));
            long seed = Seeds.derive(work.run().id().getLeastSignificantBits(), kind == EnsembleKind.RETRAINED ? 1 : 0);
            new ExactRetraining(Seeds.derive(seed, number))
                    .apply(task(model, learn, monitor, Curvatures.NONE, Optional.empty()));
            monitor.discard();
        }

        private Logits foretold(Teacher teacher) {
            var rows = teacher.onForget();
            return new Logits(
                    Arrays.stream(forgotten).mapToObj(row -> rows[row]).toArray(float[][]::new), NOTHING);
        }

        private void edit(LanguageModel model, int number, Optional<Teacher> predicted) {
            try {
                var task = task(model, data.retain().sequences(), bar.silent(), curvatures(), predicted);
                Reseeded.of(method, number).apply(task);
            } catch (Diverged e) {
                throw new Unserved("ran away on a model of another seed: " + e.getMessage());
            }
        }

        private LanguageTask task(
                LanguageModel model,
                Sequences learn,
                Monitor monitor,
                Curvatures curvatures,
                Optional<Teacher> predicted) {
            var training = parent.trained();
            return new LanguageTask(
                    model,
                    data.forget().sequences(),
                    learn,
                    data.refusals().sequences(),
                    training.ofLanguageModel(),
                    Optional.ofNullable(training.baseId())
                            .map(versions::directory)
                            .map(HuggingFaceDirectory::open),
                    data.test().sequences(),
                    trial -> {},
                    new Session(monitor),
                    curvatures,
                    predicted);
        }

        /** Those of the model at hand: the version's own are of other weights. */
        private Curvatures curvatures() {
            var own = curvature.of(work, parent.id(), bar.silent());
            return new Curvatures() {
                @Override
                public SecondMoments of(LanguageModel model, MomentStream stream) {
                    return SecondMoments.collect(model, stream, Map.of(), new Session(bar.silent()));
                }

                @Override
                public Sequences texts(java.util.UUID dataset) {
                    return own.texts(dataset);
                }

                @Override
                public void progress(String what, long done, long total) {
                    own.progress(what, done, total);
                }
            };
        }

        private Logits asked(LanguageModel model) {
            var learned = new Sequences(
                    Stream.concat(forget.all().stream(), retain.all().stream()).toList());
            return new Logits(said(model, learned), said(model, test));
        }

        private static float[][] said(LanguageModel model, Sequences texts) {
            return model.score(texts).stream()
                    .map(score -> new float[] {(float) score.meanLog()})
                    .toArray(float[][]::new);
        }
    }
}
