package io.expunge.run;

import io.expunge.catalog.Artifacts;
import io.expunge.engine.Ensemble;
import io.expunge.engine.Examples;
import io.expunge.engine.Logits;
import io.expunge.engine.Mlp;
import io.expunge.engine.Monitor;
import io.expunge.engine.Network;
import io.expunge.engine.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Trains members, as many side by side as memory bears, and writes what they say into the run's working files. */
@Component
class ShardTraining {

    private static final float[][] NOTHING = {};

    private final Artifacts artifacts;

    ShardTraining(Artifacts artifacts) {
        this.artifacts = artifacts;
    }

    /** Trains members that are told apart by their keys; files by number. */
    Map<Integer, Path> train(UUID run, EnsemblePlan plan, Map<Integer, String> keys, Watch watch) {
        var numbers = List.copyOf(keys.keySet());
        var monitor = new QuietMonitor(watch.monitor("members-" + name(keys)));
        var logits = numbers.size() == 1
                ? List.of(alone(plan, numbers.getFirst(), monitor))
                : together(plan, numbers, monitor);
        var files = new TreeMap<Integer, Path>();
        for (int i = 0; i < numbers.size(); i++) {
            var file = artifacts.workspace(run).resolve(keys.get(numbers.get(i)) + ".safetensors");
            logits.get(i).write(file);
            files.put(numbers.get(i), file);
        }
        monitor.discard();
        return files;
    }

    /** A checkpoint is resumed only by the training of the same members. */
    private static String name(Map<Integer, String> keys) {
        return UUID.nameUUIDFromBytes(keys.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .toString();
    }

    private static List<Logits> together(EnsemblePlan plan, List<Integer> numbers, Monitor monitor) {
        var train = plan.learned().train();
        var test = plan.learned().test();
        var rows = numbers.stream().map(plan.parts()::rows).toArray(int[][]::new);
        var seeds = numbers.stream().mapToLong(plan.parts()::seed).toArray();
        try (var trained = Ensemble.train((Mlp) plan.architecture(), plan.recipe(), train, rows, seeds, monitor)) {
            var onTrain = trained.logits(train);
            var onTest = test.size() == 0 ? new float[numbers.size()][][] : trained.logits(test);
            return java.util.stream.IntStream.range(0, numbers.size())
                    .mapToObj(i -> new Logits(onTrain[i], test.size() == 0 ? NOTHING : onTest[i]))
                    .toList();
        }
    }

    private static Logits alone(EnsemblePlan plan, int number, Monitor monitor) {
        var train = plan.learned().train();
        var rows = plan.parts().rows(number);
        try (var network = Trainer.train(
                plan.architecture(),
                plan.recipe(),
                train.subset(rows),
                plan.parts().seed(number),
                monitor)) {
            return new Logits(
                    network.logits(train), logits(network, plan.learned().test()));
        }
    }

    private static float[][] logits(Network network, Examples examples) {
        return examples.size() == 0 ? NOTHING : network.logits(examples);
    }
}
