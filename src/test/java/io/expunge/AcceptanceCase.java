package io.expunge;

import io.expunge.AcceptanceClient.Caller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/** The data sets of the acceptance, how each is learned, and what is asked to be forgotten of it. */
enum AcceptanceCase {
    OPTDIGITS(
            0.96,
            Map.of("name", "mlp", "inputs", 64, "hidden", List.of(512), "classes", 10),
            recipe(30, 64, 0.05, 2e-3)) {
        @Override
        List<String> upload(Caller engineer, Path data) {
            var columns = new ArrayList<Map<String, String>>();
            IntStream.range(0, 64).forEach(i -> columns.add(column("count" + i, "numeric")));
            columns.add(column("digit", "label"));
            var format = Map.of("name", "csv", "header", false, "comment", "#", "columns", columns);
            return List.of(
                    table(engineer, "optdigits", format, data.resolve("optdigits/optdigits.tra")),
                    table(engineer, "optdigits test", format, data.resolve("optdigits/optdigits.tes")));
        }

        /** Every image of one digit. */
        @Override
        List<Integer> forget(Path data) throws IOException {
            var rows = Files.readAllLines(data.resolve("optdigits/optdigits.tra")).stream()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
            return IntStream.range(0, rows.size())
                    .filter(i -> rows.get(i).endsWith(",3"))
                    .boxed()
                    .toList();
        }
    },
    MNIST10K(
            0.97,
            Map.of("name", "small-cnn", "channels", 1, "height", 28, "width", 28, "classes", 10),
            recipe(8, 64, 0.05, 5e-4)) {
        @Override
        List<String> upload(Caller engineer, Path data) {
            var folder = data.resolve("mnist10k");
            return List.of(images(engineer, folder, "train"), images(engineer, folder, "t10k"));
        }

        private String images(Caller engineer, Path folder, String set) {
            var id = declare(engineer, "mnist10k " + set, Map.of("name", "idx"));
            var path = "/v1/datasets/" + id + "/parts/";
            engineer.upload(path + "images", folder.resolve(set + "-images-idx3-ubyte.gz"));
            engineer.upload(path + "labels", folder.resolve(set + "-labels-idx1-ubyte.gz"));
            return id;
        }

        /** Every image of one digit. */
        @Override
        List<Integer> forget(Path data) throws IOException {
            var file = data.resolve("mnist10k/train-labels-idx1-ubyte.gz");
            try (var in = new GZIPInputStream(Files.newInputStream(file))) {
                in.skipNBytes(8);
                var labels = in.readAllBytes();
                return IntStream.range(0, labels.length)
                        .filter(i -> labels[i] == 3)
                        .boxed()
                        .toList();
            }
        }
    },
    ADULT(
            0.84,
            Map.of("name", "mlp", "inputs", 108, "hidden", List.of(64, 32), "classes", 2),
            recipe(10, 128, 0.02, 5e-4)) {
        @Override
        List<String> upload(Caller engineer, Path data) {
            var numeric = List.of("age", "weight", "years", "gain", "loss", "hours");
            var columns =
                    "age work weight education years marital occupation relationship race sex gain loss hours country";
            var all = new ArrayList<Map<String, String>>();
            for (var name : columns.split(" ")) {
                all.add(column(name, numeric.contains(name) ? "numeric" : "categorical"));
            }
            all.add(column("income", "label"));
            var format = Map.of("name", "csv", "header", false, "columns", all);
            return List.of(table(engineer, "adult", format, data.resolve("adult/adult.data")));
        }

        @Override
        List<Integer> forget(Path data) {
            return some(600, 32_561);
        }
    },
    CIFAR10_SUBSET(
            0.55,
            Map.of("name", "small-cnn", "channels", 3, "height", 32, "width", 32, "classes", 10),
            recipe(12, 64, 0.03, 5e-4)) {
        @Override
        List<String> upload(Caller engineer, Path data) {
            var archive = data.resolve("cifar10-subset/cifar10-subset.tar");
            return List.of(folder(engineer, archive, "train"), folder(engineer, archive, "test"));
        }

        private String folder(Caller engineer, Path archive, String root) {
            var id = declare(engineer, "cifar10-subset " + root, Map.of("name", "images", "root", root));
            engineer.upload("/v1/datasets/" + id + "/parts/archive", archive);
            return id;
        }

        @Override
        List<Integer> forget(Path data) {
            return some(1_000, 10_000);
        }
    };

    private final double leastAccuracy;
    private final Map<String, Object> architecture;
    private final Map<String, Object> recipe;

    AcceptanceCase(double leastAccuracy, Map<String, Object> architecture, Map<String, Object> recipe) {
        this.leastAccuracy = leastAccuracy;
        this.architecture = architecture;
        this.recipe = recipe;
    }

    /** Uploads the data; the ids of what to learn from and, if that is separate, of what to test on. */
    abstract List<String> upload(Caller engineer, Path data);

    /** Places of the records that are to be forgotten. */
    abstract List<Integer> forget(Path data) throws IOException;

    double leastAccuracy() {
        return leastAccuracy;
    }

    Map<String, Object> architecture() {
        return architecture;
    }

    Map<String, Object> recipe() {
        return recipe;
    }

    /** L1-sparse first, exact retraining if that is not good enough, three references, a person approves. */
    Map<String, Object> policy(String name) {
        var schedule = Map.of(
                "epochs", 5, "batchSize", 64, "learningRate", 0.02, "momentum", 0.9, "weightDecay", 5e-4, "seed", 7);
        return Map.of(
                "name",
                name,
                "methods",
                List.of(
                        Map.of("name", "l1-sparse", "penalty", 5e-4, "plainEpochs", 1, "schedule", schedule),
                        Map.of("name", "exact-retraining", "seed", 11)),
                "references",
                3,
                "approval",
                "person",
                "automatic",
                true,
                "waitSeconds",
                0);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Map<String, Object> recipe(int epochs, int batchSize, double learningRate, double weightDecay) {
        return Map.of(
                "epochs",
                epochs,
                "batchSize",
                batchSize,
                "learningRate",
                learningRate,
                "momentum",
                0.9,
                "weightDecay",
                weightDecay,
                "schedule",
                "COSINE",
                "augment",
                false);
    }

    private static Map<String, String> column(String name, String kind) {
        return Map.of("name", name, "kind", kind);
    }

    private static String table(Caller engineer, String name, Map<String, ?> format, Path file) {
        var id = declare(engineer, name, format);
        engineer.upload("/v1/datasets/" + id + "/parts/rows", file);
        return id;
    }

    private static String declare(Caller engineer, String name, Map<String, ?> format) {
        return engineer.post("/v1/datasets", Map.of("name", name, "format", format), 201)
                .get("id")
                .asString();
    }

    private static List<Integer> some(int count, int of) {
        return new Random(1).ints(0, of).distinct().limit(count).boxed().toList();
    }
}
