package io.expunge.run;

import io.expunge.catalog.ModelView;
import io.expunge.catalog.RecordRef;
import io.expunge.catalog.TrainingSets;
import io.expunge.engine.Mlp;
import io.expunge.engine.Monitor;
import io.expunge.engine.Network;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.engine.Recipe;
import io.expunge.engine.Stopped;
import io.expunge.influence.Memberships;
import io.expunge.influence.TrakRemoval;
import io.expunge.method.DatamodelMatching;
import io.expunge.method.Estimator;
import io.expunge.method.Method;
import io.expunge.method.OracleMatching;
import io.expunge.method.Teacher;
import io.expunge.shared.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.springframework.stereotype.Component;

/** What a version would say had it never learned from some of its records: targets for methods that match outputs. */
@Component
public class Predictions {

    /** Of TRAK, in multiples of the curvature that weight decay gave the training; the lab's choice on held-out sets. */
    private static final double RIDGE = 10;

    private static final double LEAST_DECAY = 1e-4;
    /** Of the regression on memberships, in multiples of their variance. */
    static final double SHARE = 0.3;

    private static final int MOST_DIMENSIONS = 512;
    private static final int FEWEST_DIMENSIONS = 64;
    /** Numbers of the projected gradients of all logits. */
    private static final long BUDGET = 128_000_000;

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
     * @throws Problem naming the field
     */
    public void require(Method method, ModelView model, Collection<UUID> requestIds) {
        var champion = model.champion();
        if (champion == null) {
            return;
        }
        try {
            if (method instanceof DatamodelMatching matching) {
                if (matching.estimator() == Estimator.TRAK) {
                    requirePerceptron(model.architecture());
                } else {
                    halves(champion);
                }
            } else if (method instanceof OracleMatching) {
                retrained(champion, requestIds);
            }
        } catch (Unserved e) {
            throw Problem.refused("method-cannot-serve", "method", String.valueOf(e.getMessage()));
        }
    }

    private static void requirePerceptron(io.expunge.engine.Architecture architecture) {
        if (!(architecture instanceof Mlp)) {
            throw new Unserved(
                    "predicts by TRAK, which is for multi-layer perceptrons; train an ensemble of halves and ask "
                            + "for DATAMODELS");
        }
    }

    private EnsembleView halves(UUID version) {
        var ensemble = ensembles
                .newest(version, EnsembleKind.HALVES, List.of())
                .orElseThrow(() -> new Unserved("predicts from an ensemble of halves, and the version has none that is "
                        + "complete and knows nobody who was forgotten"));
        if (ensemble.members() < settings.fewestMembers()) {
            throw new Unserved("predicts from an ensemble of at least " + settings.fewestMembers()
                    + " halves, and the version's has " + ensemble.members());
        }
        return ensemble;
    }

    private EnsembleView retrained(UUID version, Collection<UUID> requestIds) {
        return ensembles
                .newest(version, EnsembleKind.RETRAINED, requestIds)
                .orElseThrow(
                        () -> new Unserved("matches an ensemble of networks retrained without the records of exactly "
                                + "these requests, and there is none"));
    }

    /**
     * Targets by an attribution.
     *
     * @param network the version, unedited
     * @throws Unserved if the attribution cannot serve these records
     * @throws Stopped if the monitor asks for it
     */
    Teacher byAttribution(
            Estimator estimator,
            UUID version,
            Network network,
            Recipe recipe,
            Collection<RecordRef> forget,
            Monitor monitor) {
        var task = task(version, forget);
        double share = (double) task.forget().length / task.learned().train().size();
        if (share > settings.largestShare()) {
            throw new Unserved(String.format(
                    Locale.ROOT,
                    "predicts linearly, which is trusted up to %.0f %% of a version's records, and %.0f %% would leave",
                    100 * settings.largestShare(),
                    100 * share));
        }
        var own = network.logits(task.learned().train());
        var shift = switch (estimator) {
            case TRAK -> byTrak(network, recipe, own, task);
            case DATAMODELS -> byDatamodels(version, task, own[0].length, monitor);
        };
        for (int i = 0; i < own.length; i++) {
            for (int c = 0; c < own[i].length; c++) {
                own[i][c] += shift[i][c];
            }
        }
        return task.teacher(own);
    }

    /**
     * The mean of networks that were retrained for the requests of a run.
     *
     * @throws Unserved if there are none
     */
    Teacher byRetraining(
            UUID version, Collection<UUID> requestIds, Collection<RecordRef> forget, int classes, Monitor monitor) {
        var ensemble = retrained(version, requestIds);
        var task = task(version, forget);
        var mean = new float[task.learned().train().size()][classes];
        each(ensemble, monitor, member -> add(mean, member.logits().train(), 1.0 / ensemble.members()));
        return task.teacher(mean);
    }

    private float[][] byTrak(Network network, Recipe recipe, float[][] own, Forgetting task) {
        NetworkArchitecture architecture = network.architecture();
        requirePerceptron(architecture);
        long numbers = (long) own.length * architecture.classes();
        if (numbers * FEWEST_DIMENSIONS > BUDGET) {
            throw new Unserved(
                    "holds the gradients of all logits in memory, and the version learned from too many records");
        }
        double ridge = RIDGE * Math.max(LEAST_DECAY, recipe.weightDecay()) * own.length;
        var removal = new TrakRemoval(
                (Mlp) architecture,
                task.learned().train(),
                task.learned().train(),
                (int) Math.min(MOST_DIMENSIONS, BUDGET / numbers),
                new double[] {ridge},
                task.forget());
        removal.add(network.weights(), own, 1);
        return removal.shift(0, 0);
    }

    private float[][] byDatamodels(UUID version, Forgetting task, int classes, Monitor monitor) {
        var ensemble = halves(version);
        try (var memberships = new Memberships(task.learned().train().size())) {
            var chunk = new ArrayList<int[]>();
            ensembles.parts(ensemble.id()).forEach(part -> {
                chunk.add(part);
                if (chunk.size() == CHUNK) {
                    memberships.add(chunk.toArray(int[][]::new));
                    chunk.clear();
                }
            });
            memberships.add(chunk.toArray(int[][]::new));
            var leaving = memberships.leaving(task.forget(), SHARE);
            var shift = new float[task.learned().train().size()][classes];
            each(ensemble, monitor, member -> add(shift, member.logits().train(), leaving.weight(member.rows())));
            return shift;
        }
    }

    private interface Use {
        void of(EnsembleMember member);
    }

    private void each(EnsembleView ensemble, Monitor monitor, Use use) {
        int[] done = {0};
        try (var members = ensembles.members(ensemble.id())) {
            members.forEach(member -> {
                if (monitor.stopRequested()) {
                    throw new Stopped(0);
                }
                use.of(member);
                monitor.progress("predicting", ++done[0], ensemble.members(), Double.NaN);
            });
        }
    }

    private static void add(float[][] sum, float[][] logits, double weight) {
        for (int i = 0; i < sum.length; i++) {
            for (int c = 0; c < sum[i].length; c++) {
                sum[i][c] += (float) (weight * logits[i][c]);
            }
        }
    }

    private Forgetting task(UUID version, Collection<RecordRef> forget) {
        var learned = sets.learned(version);
        var gone = forget.stream().map(RecordRef::ordinal).collect(Collectors.toSet());
        var places = IntStream.range(0, learned.ordinals().length)
                .boxed()
                .collect(Collectors.partitioningBy(i -> gone.contains(learned.ordinals()[i])));
        return new Forgetting(learned, ints(places.get(true)), ints(places.get(false)));
    }

    private static int[] ints(@org.jspecify.annotations.Nullable List<Integer> places) {
        return places == null
                ? new int[0]
                : places.stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * A version's records, divided.
     *
     * @param forget places among the records, ascending, as {@link TrainingSets#split} has them
     * @param retain likewise
     */
    private record Forgetting(TrainingSets.Learned learned, int[] forget, int[] retain) {

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
