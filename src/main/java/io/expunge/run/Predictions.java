package io.expunge.run;

import io.expunge.catalog.ModelView;
import io.expunge.catalog.RecordRef;
import io.expunge.catalog.TrainingSets;
import io.expunge.catalog.VersionView;
import io.expunge.engine.ModelRefused;
import io.expunge.engine.Monitor;
import io.expunge.engine.Network;
import io.expunge.engine.ProjectedGradients;
import io.expunge.engine.Recipe;
import io.expunge.engine.Stopped;
import io.expunge.influence.Memberships;
import io.expunge.influence.TrakRemoval;
import io.expunge.method.DatamodelMatching;
import io.expunge.method.Estimator;
import io.expunge.method.Method;
import io.expunge.method.NetworkMethod;
import io.expunge.method.OracleMatching;
import io.expunge.method.Teacher;
import io.expunge.shared.Problem;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.hipparchus.exception.MathIllegalArgumentException;
import org.springframework.stereotype.Component;

/** What a version would say had it never learned from some of its records: targets for methods that match outputs. */
@Component
public class Predictions {

    /** Of the regression on memberships, in multiples of their variance. */
    static final double SHARE = 0.3;

    private static final int MOST_DIMENSIONS = 512;
    private static final int FEWEST_DIMENSIONS = 64;
    /** Numbers of the projected gradients of all logits. */
    private static final long BUDGET = 128_000_000;

    /** Of a gradient's entry with one of the projection: some half an hour of a few cores. */
    private static final double MOST_PRODUCTS = 5e13;

    private static final int CHUNK = 250;

    private final Ensembles ensembles;
    private final TrainingSets sets;
    private final AttributionSettings settings;

    Predictions(Ensembles ensembles, TrainingSets sets, AttributionSettings settings) {
        this.ensembles = ensembles;
        this.sets = sets;
        this.settings = settings;
    }

    /**
     * Refuses a method that somebody asks for by name and that nothing could teach now.
     *
     * @param requestIds whose records would be forgotten
     * @throws Problem naming the field
     */
    public void require(Method method, ModelView model, Collection<UUID> requestIds) {
        var champion = model.champion();
        if (champion == null) {
            return;
        }
        try {
            ensembleFor(method, champion, requestIds);
        } catch (Unserved e) {
            throw Problem.refused("method-cannot-serve", "method", String.valueOf(e.getMessage()));
        }
    }

    /**
     * The ensemble that teaches a method, if it is one that needs an ensemble.
     *
     * @throws Unserved if there is none
     */
    Optional<UUID> ensembleFor(Method method, UUID version, Collection<UUID> requestIds) {
        return switch (method) {
            case DatamodelMatching matching
            when matching.estimator() == Estimator.DATAMODELS -> Optional.of(halves(version));
            case OracleMatching ignored ->
                Optional.of(ensembles
                        .newest(version, EnsembleKind.RETRAINED, requestIds)
                        .orElseThrow(
                                () -> new Unserved("matches an ensemble of networks retrained without the records of "
                                        + "exactly these requests, and there is none"))
                        .id());
            default -> Optional.empty();
        };
    }

    private UUID halves(UUID version) {
        var ensemble = ensembles
                .newest(version, EnsembleKind.HALVES, List.of())
                .orElseThrow(() -> new Unserved("predicts from an ensemble of halves, and the version has none that is "
                        + "complete and knows nobody who was forgotten"));
        if (ensemble.members() < settings.fewestMembers()) {
            throw new Unserved("predicts from an ensemble of at least " + settings.fewestMembers()
                    + " halves, and the version's has " + ensemble.members());
        }
        return ensemble.id();
    }

    /** The records of a version, divided by what is to be forgotten. */
    Forgetting task(VersionView version, Collection<RecordRef> forget) {
        var learned = sets.learned(version.id());
        var dataset = version.trained().source().datasetId();
        var gone = forget.stream()
                .filter(record -> record.datasetId().equals(dataset))
                .map(RecordRef::ordinal)
                .collect(Collectors.toSet());
        var all = IntStream.range(0, learned.ordinals().length);
        var leaving = all.filter(i -> gone.contains(learned.ordinals()[i])).toArray();
        var staying = IntStream.range(0, learned.ordinals().length)
                .filter(i -> !gone.contains(learned.ordinals()[i]))
                .toArray();
        return new Forgetting(learned, leaving, staying);
    }

    private void requireFew(Forgetting task) {
        settings.requireFew(task.forget().length, task.learned().train().size());
    }

    /**
     * Targets by TRAK.
     *
     * @param network the version, unedited
     * @throws Unserved if TRAK cannot serve these records
     * @throws Stopped if the monitor asks for it
     */
    private Teacher byTrak(Network network, Recipe recipe, Forgetting task, Monitor monitor) {
        requireFew(task);
        var architecture = network.architecture();
        if (!ProjectedGradients.takes(architecture)) {
            throw new Unserved("predicts by TRAK, which takes no transformers here; an ensemble of halves would serve");
        }
        var own = network.logits(task.learned().train());
        var weights = network.weights();
        long numbers = (long) own.length * architecture.classes();
        long size = weights.values().stream().mapToLong(tensor -> tensor.length).sum();
        int dimensions = (int) Math.min(MOST_DIMENSIONS, BUDGET / numbers);
        if (dimensions < FEWEST_DIMENSIONS || (double) numbers * size * dimensions > MOST_PRODUCTS) {
            throw new Unserved(
                    "projects the gradients of all logits, and the version has too many records for its size");
        }
        var removal = TrakRemoval.recommended(
                architecture,
                recipe.weightDecay(),
                task.learned().train(),
                task.learned().train(),
                dimensions,
                task.forget());
        try {
            removal.add(weights, own, 1, () -> {
                if (monitor.stopRequested()) {
                    throw new Stopped(0);
                }
            });
        } catch (MathIllegalArgumentException e) {
            throw new Unserved("predicts by TRAK, whose system has no solution for these records");
        }
        return taught(task, own, removal.shift(0, 0));
    }

    /**
     * What teaches a method, if it is one that is taught.
     *
     * @param taught the ensemble that it is taught by, see {@link #ensembleFor}
     * @throws Unserved if the ensemble cannot serve these records or has gone meanwhile
     * @throws Stopped if the monitor asks for it
     */
    Lesson lesson(
            NetworkMethod method,
            Optional<UUID> taught,
            VersionView parent,
            int classes,
            Collection<RecordRef> forget,
            Monitor monitor) {
        if (method instanceof DatamodelMatching) {
            var task = task(parent, forget);
            var recipe = parent.trained().ofNetwork();
            if (taught.isEmpty()) {
                return Lesson.predicting(network -> byTrak(network, recipe, task, monitor));
            }
            var shift = shift(taught.get(), classes, task, monitor);
            return Lesson.predicting(
                    network -> taught(task, network.logits(task.learned().train()), shift));
        }
        return method instanceof OracleMatching && taught.isPresent()
                ? Lesson.retrained(byRetraining(taught.get(), classes, task(parent, forget), monitor))
                : Lesson.NONE;
    }

    /** What leaving does to the logits, by regression on the outputs of an ensemble of halves. */
    private float[][] shift(UUID ensemble, int classes, Forgetting task, Monitor monitor) {
        requireFew(task);
        int size = task.learned().train().size();
        if (size > Memberships.MOST_EXAMPLES) {
            throw new Unserved("regresses on who learned what, which is for versions of at most "
                    + Memberships.MOST_EXAMPLES + " records");
        }
        var shift = new float[size][classes];
        try (var memberships = new Memberships(size)) {
            var chunk = new ArrayList<int[]>();
            parts(ensemble).forEach(part -> {
                chunk.add(part);
                if (chunk.size() == CHUNK) {
                    memberships.add(chunk.toArray(int[][]::new));
                    chunk.clear();
                }
            });
            memberships.add(chunk.toArray(int[][]::new));
            var leaving = memberships.leaving(task.forget(), SHARE);
            int read = each(
                    ensemble,
                    memberships.models(),
                    monitor,
                    member -> add(shift, member.logits().train(), leaving.weight(member.rows())));
            requireWhole(read == memberships.models());
        }
        return shift;
    }

    private static Teacher taught(Forgetting task, float[][] own, float[][] shift) {
        for (int i = 0; i < own.length; i++) {
            for (int c = 0; c < own[i].length; c++) {
                own[i][c] += shift[i][c];
                if (!Float.isFinite(own[i][c])) {
                    throw new Unserved("predicts what is not a finite number for these records");
                }
            }
        }
        return task.teacher(own);
    }

    /**
     * The mean of networks that were retrained for the requests of a run.
     *
     * @throws Unserved if they learned from a record that is to be forgotten, or have gone meanwhile
     */
    private Teacher byRetraining(UUID ensemble, int classes, Forgetting task, Monitor monitor) {
        var gone = Arrays.stream(task.forget()).boxed().collect(Collectors.toSet());
        requireWhole(parts(ensemble).findFirst().isPresent());
        if (parts(ensemble).limit(1).flatMapToInt(Arrays::stream).anyMatch(gone::contains)) {
            throw new Unserved("matches networks that learned from records which are to be forgotten now");
        }
        var mean = new float[task.learned().train().size()][classes];
        int members = Math.toIntExact(parts(ensemble).count());
        int read = each(
                ensemble, members, monitor, member -> add(mean, member.logits().train(), 1.0 / members));
        requireWhole(read == members);
        return task.teacher(mean);
    }

    private static void requireWhole(boolean whole) {
        if (!whole) {
            throw new Unserved("is taught by an ensemble of which members went meanwhile");
        }
    }

    private Stream<int[]> parts(UUID ensemble) {
        try {
            return ensembles.parts(ensemble);
        } catch (Problem e) {
            throw new Unserved("is taught by an ensemble that went meanwhile");
        }
    }

    private interface Use {
        void of(EnsembleMember member);
    }

    /** Says how many there were. */
    private int each(UUID ensemble, int count, Monitor monitor, Use use) {
        int[] done = {0};
        try (var members = ensembles.members(ensemble)) {
            members.forEach(member -> {
                if (monitor.stopRequested()) {
                    throw new Stopped(0);
                }
                use.of(member);
                monitor.progress("predicting", ++done[0], count, Double.NaN);
            });
            return done[0];
        } catch (Problem | ModelRefused | UncheckedIOException e) {
            throw new Unserved("is taught by an ensemble that cannot be read whole");
        }
    }

    private static void add(float[][] sum, float[][] logits, double weight) {
        for (int i = 0; i < sum.length; i++) {
            for (int c = 0; c < sum[i].length; c++) {
                sum[i][c] += (float) (weight * logits[i][c]);
            }
        }
    }

    /**
     * A version's records, divided.
     *
     * @param forget places among the records, ascending, as {@link TrainingSets#split} has them
     * @param retain likewise
     */
    record Forgetting(TrainingSets.Learned learned, int[] forget, int[] retain) {

        /** @param targets records × classes */
        Teacher teacher(float[][] targets) {
            return new Teacher() {
                @Override
                public float[][] onForget() {
                    return Arrays.stream(forget).mapToObj(at -> targets[at]).toArray(float[][]::new);
                }

                @Override
                public float[][] onRetain(int[] rows) {
                    return Arrays.stream(rows)
                            .mapToObj(row -> targets[retain[row]])
                            .toArray(float[][]::new);
                }
            };
        }
    }
}
