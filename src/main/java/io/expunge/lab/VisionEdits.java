package io.expunge.lab;

import io.expunge.engine.EigenBasis;
import io.expunge.engine.Examples;
import io.expunge.engine.ImageStream;
import io.expunge.engine.MomentStream;
import io.expunge.engine.Monitor;
import io.expunge.engine.Network;
import io.expunge.engine.SecondMoments;
import io.expunge.engine.Session;
import io.expunge.influence.KeptPairs;
import io.expunge.lab.VisionProblem.Score;
import io.expunge.method.CurvatureEdit;
import io.expunge.method.CurvatureSample;
import io.expunge.method.Curvatures;
import io.expunge.method.LayerShare;
import io.expunge.method.NetworkMethod;
import io.expunge.method.SingularValueTruncation;
import io.expunge.method.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * Edits of a vision transformer, each kind at its best on the tuning sets: that which leaves the most held-out records right and
 * takes as many wrong answers away as it is to, and gives as many right ones back; a point short of either weighs as much as one
 * of held-out records. One number is searched for, how much is dropped; how that is spread over the layers is one of few shapes.
 */
final class VisionEdits implements AutoCloseable {

    /** Of the wrong labels that are to be lost, and of the true ones that are to be won. */
    private static final double LOST = 0.65;

    private static final double WON = 0.35;

    private static final double[] CURVATURE = {
        0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.035, 0.04, 0.045, 0.05, 0.06, 0.07, 0.085, 0.1, 0.12, 0.15, 0.2
    };
    private static final double[] SINGULAR = {
        0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9
    };
    /** Multiples of what is dropped, for the attention and the MLP of each block. */
    private static final double[][] SHAPES = {
        {1, 1, 1, 1, 1, 1},
        {1, 1, 2, 2, 4, 4},
        {1, 0, 2, 0, 4, 0},
        {1, 0, 3, 0, 9, 0},
        {1, 0, 2, 0, 4, 4},
        {0, 0, 1, 0, 4, 4}
    };

    private static final double MOST_DROPPED = 0.95;
    /** Of a shape, settings that are tried from the first on after which nothing is short. */
    private static final int ENOUGH = 3;
    /** No edit gives more held-out records back than this, so that many settings need not be tried on them. */
    private static final double MOST_GAINED = 0.05;

    private static final UUID OTHERS = new UUID(0, 1);
    private static final int PART_TOKENS = 4_096;
    private static final long ALL_TOKENS = 1_000_000_000;

    private final VisionProblem problem;
    private final Network network;
    private final Map<String, float[]> original;
    private final SecondMoments moments;
    private final Map<String, EigenBasis> bases = new LinkedHashMap<>();
    private final List<List<String>> groups = new ArrayList<>();
    private final Score unedited;

    /** @param network as it was trained; the same again after every call */
    VisionEdits(VisionProblem problem, Network network) {
        this.problem = problem;
        this.network = network;
        this.original = network.weights();
        this.unedited = VisionProblem.score(network, problem.tuning());
        this.moments = SecondMoments.collect(
                network,
                new ImageStream(
                        network.curvatureLayers(),
                        problem.others(),
                        MomentStream.Labels.SAMPLED,
                        1,
                        PART_TOKENS,
                        ImageStream.Places.ALL),
                Map.of(),
                new Session(Monitor.NONE));
        for (var layer : network.curvatureLayers()) {
            bases.put(layer, new EigenBasis(moments, layer));
        }
        for (int block = 0; block < problem.architecture().depth(); block++) {
            var name = "vit.encoder.layer." + block + ".";
            groups.add(bases.keySet().stream()
                    .filter(layer -> layer.startsWith(name + "attention"))
                    .toList());
            groups.add(bases.keySet().stream()
                    .filter(layer -> layer.startsWith(name) && !layer.contains("attention"))
                    .toList());
        }
    }

    interface Change {
        void apply(String layer, double share);
    }

    CurvatureEdit curvature() {
        var shares = searched(CURVATURE, (layer, share) -> {
            var basis = Objects.requireNonNull(bases.get(layer));
            network.keep(basis, List.of(KeptPairs.of(basis, share)));
        });
        var sample = new CurvatureSample(OTHERS, ALL_TOKENS, MomentStream.Labels.SAMPLED, PART_TOKENS, 1);
        return new CurvatureEdit(layers(shares), sample, List.of(), CurvatureEdit.Aim.MEMORISATION);
    }

    SingularValueTruncation truncation() {
        return new SingularValueTruncation(layers(searched(SINGULAR, network::truncate)));
    }

    /**
     * Shares by group; 1 leaves it out.
     *
     * @param strengths what is dropped, rising
     */
    private double[] searched(double[] strengths, Change change) {
        var best = shares(SHAPES[0], 0);
        var most = tried(best, Double.NEGATIVE_INFINITY, change).worth();
        for (var shape : SHAPES) {
            int enough = 0;
            for (double strength : strengths) {
                var shares = shares(shape, strength);
                var tried = tried(shares, most, change);
                if (tried.worth() > most) {
                    most = tried.worth();
                    best = shares;
                }
                if (tried.missing() == 0 && ++enough == ENOUGH) {
                    break;
                }
            }
        }
        return best;
    }

    private static double[] shares(double[] shape, double strength) {
        return Arrays.stream(shape)
                .map(multiple -> 1 - Math.min(multiple * strength, MOST_DROPPED))
                .toArray();
    }

    /**
     * What came of a setting.
     *
     * @param missing points short of the wrong answers to lose and of the right ones to win
     * @param worth held-out records that are right, less what is missing
     */
    private record Tried(double missing, double worth) {}

    /** @param most worth below which none needs to be told exactly */
    private Tried tried(double[] shares, double most, Change change) {
        try {
            for (int group = 0; group < shares.length; group++) {
                if (shares[group] < 1) {
                    for (var layer : groups.get(group)) {
                        change.apply(layer, shares[group]);
                    }
                }
            }
            var learned = VisionProblem.learned(network, problem.tuning());
            double missing = Math.max(0, LOST - unedited.wrong() + learned.wrong())
                    + Math.max(0, WON + unedited.right() - learned.right());
            double hoped = unedited.heldOut() + MOST_GAINED - missing;
            return new Tried(
                    missing, hoped <= most ? hoped : VisionProblem.heldOut(network, problem.tuning()) - missing);
        } finally {
            network.restore(original);
        }
    }

    private List<LayerShare> layers(double[] shares) {
        var all = new ArrayList<LayerShare>();
        for (int group = 0; group < shares.length; group++) {
            for (var layer : groups.get(group)) {
                if (shares[group] < 1) {
                    all.add(new LayerShare(layer, shares[group]));
                }
            }
        }
        // a method must name a layer: this one stays as it is
        return all.isEmpty() ? List.of(new LayerShare(groups.getFirst().getFirst(), 1)) : all;
    }

    /** The judged score after an edit, which is then taken back. */
    Score after(NetworkMethod method) {
        try {
            method.apply(new Task(
                    network,
                    problem.tuning().wrong(),
                    problem.train(),
                    problem.recipe(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    curvatures(),
                    new Session(Monitor.NONE)));
            return VisionProblem.score(network, problem.judged());
        } finally {
            network.restore(original);
        }
    }

    private Curvatures curvatures() {
        return new Curvatures() {
            @Override
            public SecondMoments of(Network edited, ImageStream stream) {
                return moments.lent();
            }

            @Override
            public Examples images(UUID dataset) {
                return problem.others();
            }
        };
    }

    @Override
    public void close() {
        bases.values().forEach(EigenBasis::close);
        moments.close();
    }
}
