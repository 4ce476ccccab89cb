package io.expunge;

import io.expunge.AcceptanceClient.Caller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.JsonNode;

/** Models of a made-up table of people; the same size gives the same rows, order and seeds. */
final class DrillModels {

    private static final int ROWS_OF_A_PERSON = 10;
    private static final int BATCH = 64;
    private static final double LEARNING_RATE = 0.05;

    private final Caller engineer;
    private final Path folder;
    private final int people;

    DrillModels(Caller engineer, Path folder, int people) {
        this.engineer = engineer;
        this.folder = folder;
        this.people = people;
    }

    /** A long approximate edit, which these records never let pass, then exact retraining, which a person weighs. */
    static Map<String, Object> policy(String name, int epochs) {
        var schedule = Map.of(
                "epochs",
                epochs,
                "batchSize",
                BATCH,
                "learningRate",
                LEARNING_RATE,
                "momentum",
                0.9,
                "weightDecay",
                5e-4,
                "seed",
                7);
        return Map.of(
                "name",
                name,
                "methods",
                List.of(
                        Map.of("name", "l1-sparse", "penalty", 1e-5, "plainEpochs", 1, "schedule", schedule),
                        Map.of("name", "exact-retraining", "seed", 11)),
                "references",
                1,
                "approval",
                "person",
                "automatic",
                false,
                "waitSeconds",
                0,
                "thresholds",
                Map.of("parent.outputs", 1000));
    }

    /** Uploads the table; the id of its data set. */
    String dataset() throws IOException {
        var columns = List.of(
                Map.of("name", "person", "kind", "subject"),
                Map.of("name", "a", "kind", "numeric"),
                Map.of("name", "b", "kind", "numeric"),
                Map.of("name", "label", "kind", "label"));
        var id = id(engineer.post(
                "/v1/datasets", Map.of("name", "people", "format", Map.of("name", "csv", "columns", columns)), 201));
        var file = Files.writeString(folder.resolve(id + ".csv"), rows());
        engineer.upload("/v1/datasets/" + id + "/parts/rows", file);
        return id;
    }

    private String rows() {
        var random = new Random(1);
        var rows = new StringBuilder("person,a,b,label\n");
        for (int i = 0; i < people * ROWS_OF_A_PERSON; i++) {
            int person = i / ROWS_OF_A_PERSON;
            double a = random.nextGaussian();
            double b = random.nextGaussian();
            // some people go against the rule that holds for all others
            var label = person % 20 == 0 ^ a + b > 0 ? "yes" : "no";
            rows.append(person(person) + "," + a + "," + b + "," + label + "\n");
        }
        return rows.toString();
    }

    static String person(int number) {
        return "person-" + number;
    }

    String model(String policy) {
        var architecture = Map.of("name", "mlp", "inputs", 2, "hidden", List.of(64), "classes", 2);
        return id(engineer.post(
                "/v1/models", Map.of("name", "people", "policy", policy, "architecture", architecture), 201));
    }

    /** Queues a training; the id of its run. */
    String train(String model, String dataset, int epochs, long seed) {
        var recipe = Map.of(
                "epochs",
                epochs,
                "batchSize",
                BATCH,
                "learningRate",
                LEARNING_RATE,
                "momentum",
                0.9,
                "weightDecay",
                1e-4,
                "schedule",
                "COSINE",
                "augment",
                false);
        var order = Map.of(
                "modelId",
                model,
                "data",
                Map.of("datasetId", dataset, "testFraction", 0.2),
                "recipe",
                recipe,
                "seed",
                seed);
        return id(engineer.post("/v1/training-runs", order, 202));
    }

    static String id(JsonNode answer) {
        return answer.get("id").asString();
    }
}
