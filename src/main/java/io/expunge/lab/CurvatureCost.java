package io.expunge.lab;

import io.expunge.engine.Activations;
import io.expunge.engine.Decoder;
import io.expunge.engine.EigenBasis;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.LanguageObjective;
import io.expunge.engine.MomentStream;
import io.expunge.engine.Monitor;
import io.expunge.engine.Optimiser;
import io.expunge.engine.Precision;
import io.expunge.engine.SecondMoments;
import io.expunge.engine.Sequences;
import io.expunge.engine.Sequences.Sequence;
import io.expunge.engine.Session;
import io.expunge.engine.TextDescent;
import io.expunge.engine.TextRecipe;
import io.expunge.influence.KeptPairs;
import io.expunge.influence.PairSearch;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What the curvature edit takes beside the work it cannot do without: collecting against a plain way forwards and back over the
 * same tokens, with a step of SGD that costs next to nothing, and editing against the eigen-decompositions alone. On random
 * weights of a wider model than the table's, whose gate and up of the upper half of the blocks are edited. And what the search of
 * pairs takes on a layer as wide as one of seven billion weights has.
 */
final class CurvatureCost {

    private static final Decoder MODEL = Decoder.llama(2_048, 4, 512, 8, 8, 1_376, 256);
    private static final List<String> LAYERS = List.of(
            "model.layers.2.mlp.gate_proj",
            "model.layers.2.mlp.up_proj",
            "model.layers.3.mlp.gate_proj",
            "model.layers.3.mlp.up_proj");
    private static final int TEXTS = 32;
    private static final int LENGTH = 128;

    private CurvatureCost() {}

    /** Ratios by name, one for each repetition. */
    static Map<String, double[]> measure(int repetitions) {
        var collection = new double[repetitions];
        var edit = new double[repetitions];
        try (var model = LanguageModel.initialise(MODEL, 1)) {
            collect(model, 9).close(); // so that nothing is measured that is done once
            plain(model);
            for (int i = 0; i < repetitions; i++) {
                double plain = seconds(() -> plain(model));
                long began = System.nanoTime();
                try (var moments = collect(model, i)) {
                    collection[i] = (System.nanoTime() - began) / 1e9 / plain;
                    edit[i] = edit(model, moments);
                }
            }
        }
        var all = new TreeMap<String, double[]>();
        all.put("collection", collection);
        all.put("edit", edit);
        all.put("searchseconds", search(repetitions));
        return all;
    }

    /** Seconds of a search over the pairs of a layer of 4,096 × 11,008, on one core. */
    private static double[] search(int repetitions) {
        var random = new Random(4);
        var gradients = falling(random, 11_008);
        var activations = falling(random, 4_096);
        return IntStream.range(0, repetitions)
                .mapToDouble(i -> seconds(() -> PairSearch.of(gradients, activations, 0.6)))
                .toArray();
    }

    private static double[] falling(Random random, int size) {
        return random.doubles(size).map(x -> Math.exp(10 * (x - 1))).toArray();
    }

    private static double edit(LanguageModel model, SecondMoments moments) {
        double eigen = 0;
        long began = System.nanoTime();
        for (var layer : LAYERS) {
            long decomposing = System.nanoTime();
            try (var basis = new EigenBasis(moments, layer)) {
                eigen += (System.nanoTime() - decomposing) / 1e9;
                model.keep(basis, List.of(KeptPairs.of(basis, 0.6)));
            }
        }
        return (System.nanoTime() - began) / 1e9 / eigen;
    }

    private static SecondMoments collect(LanguageModel model, long seed) {
        return SecondMoments.collect(
                model,
                new MomentStream(LAYERS, texts(), MomentStream.Labels.SAMPLED, seed, TEXTS * LENGTH),
                Map.of(),
                new Session(Monitor.NONE));
    }

    private static void plain(LanguageModel model) {
        new Session(Monitor.NONE)
                .descend(
                        model,
                        new TextDescent(
                                "plain",
                                new TextRecipe(1, TEXTS, 1e-9, 0, 0, 0, TEXTS * LENGTH, Precision.FP32)
                                        .with(Optimiser.SGD, 0, Activations.KEPT, null),
                                1,
                                List.of(TextDescent.Source.of(texts())),
                                LanguageObjective::crossEntropy));
    }

    private static Sequences texts() {
        var random = new Random(3);
        return new Sequences(IntStream.range(0, TEXTS)
                .mapToObj(i ->
                        new Sequence(random.ints(LENGTH, 0, MODEL.vocabulary()).toArray(), 1))
                .toList());
    }

    private static double seconds(Runnable work) {
        long began = System.nanoTime();
        work.run();
        return (System.nanoTime() - began) / 1e9;
    }
}
