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
 * Edits of a vision transformer, each kind at its best on the tuning sets. The attention and the MLP of every block have a share
 * of their own; from the best that all can have in common they are searched one after the other, in rounds.
 */
final class VisionEdits implements AutoCloseable {

    private static final double[] CURVATURE = {1, 0.99, 0.98, 0.97, 0.96, 0.95, 0.93, 0.9, 0.8};
    private static final double[] SINGULAR = {1, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1};
    private static final int ROUNDS = 2;

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

    /** Shares by group; 1 leaves it out. */
    private double[] searched(double[] candidates, Change change) {
        var best = new double[groups.size()];
        Arrays.fill(best, 1);
        double most = 0;
        for (double share : candidates) {
            var shares = new double[groups.size()];
            Arrays.fill(shares, share);
            double worth = worth(shares, change);
            if (worth > most) {
                most = worth;
                best = shares;
            }
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (int group = 0; group < best.length; group++) {
                for (double share : candidates) {
                    var shares = best.clone();
                    shares[group] = share;
                    double worth = worth(shares, change);
                    if (worth > most) {
                        most = worth;
                        best = shares;
                    }
                }
            }
        }
        return best;
    }

    /** What wrong answers that are lost and right ones that are won come to; nothing where held-out ones are lost. */
    private double worth(double[] shares, Change change) {
        try {
            for (int group = 0; group < shares.length; group++) {
                if (shares[group] < 1) {
                    for (var layer : groups.get(group)) {
                        change.apply(layer, shares[group]);
                    }
                }
            }
            var score = VisionProblem.score(network, problem.tuning());
            return score.heldOut() < unedited.heldOut()
                    ? 0
                    : unedited.wrong() - score.wrong() + score.right() - unedited.right();
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
