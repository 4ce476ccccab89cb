package io.expunge.demo;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The second act: a small language model has learned customers' records by heart, and forgets one of the customers. */
final class LanguageAct {

    private static final String POLICY = "demo-text";

    private final Stage stage;

    LanguageAct(Stage stage) {
        this.stage = stage;
    }

    void play() throws IOException, InterruptedException {
        var terminal = stage.terminal();
        var engineer = stage.api("engineer");
        terminal.say("");
        terminal.say("1. What a help desk knows of fictitious customers is uploaded: questions and answers.");
        var learned = upload(engineer, "help desk", CustomerRecords.learned());
        var heldOut = upload(engineer, "customers to come", CustomerRecords.heldOut());

        terminal.say("2. A language model learns it by heart, tokenizer included.");
        stage.api("officer").put("/v1/policies/" + POLICY, policy());
        var model = Stage.id(engineer.post(
                "/v1/models", Map.of("name", "help desk", "policy", POLICY, "architecture", architecture())));
        stage.made().put("language-model", model);
        stage.watch(
                engineer,
                Stage.id(engineer.post(
                        "/v1/training-runs",
                        Map.of(
                                "modelId",
                                model,
                                "data",
                                Map.of("datasetId", learned, "testDatasetId", heldOut),
                                "textRecipe",
                                recipe(30, 2e-3),
                                "seed",
                                1))));
        terminal.say("   asked: " + CustomerRecords.QUESTION);
        terminal.say("   it says: " + answer(engineer, model));

        terminal.say("3. That customer asks to be forgotten.");
        stage.made().put("language-run", stage.forget(learned, List.of(CustomerRecords.FORGOTTEN)));
        terminal.say("   asked: " + CustomerRecords.QUESTION);
        terminal.say("   it says: " + answer(engineer, model));
    }

    private static String upload(Api engineer, String name, String lines) {
        var format = Map.of("name", "text", "subject", "customer");
        var id = Stage.id(engineer.post("/v1/datasets", Map.of("name", name, "format", format)));
        engineer.upload("/v1/datasets/" + id + "/parts/records", lines);
        return id;
    }

    /** What a consumer of the model's champion answers. */
    private static String answer(Api engineer, String model) throws IOException {
        var champion = engineer.get("/v1/models/" + model).get("champion").asString();
        return engineer.download(
                "/v1/versions/" + champion + "/archive",
                archive -> Assistant.answer(archive, CustomerRecords.QUESTION));
    }

    private static Map<String, Object> architecture() {
        return Map.of(
                "name",
                "language-model",
                "sizes",
                Map.of("family", "GPT2", "vocabulary", 600, "layers", 2, "width", 96, "heads", 4, "positions", 64));
    }

    private static Map<String, Object> recipe(int epochs, double learningRate) {
        return Map.of(
                "epochs",
                epochs,
                "batchSize",
                10,
                "learningRate",
                learningRate,
                "weightDecay",
                0.01,
                "warmup",
                0.1,
                "clip",
                1,
                "partTokens",
                4096,
                "precision",
                "FP32");
    }

    private static Map<String, Object> policy() {
        return Map.of(
                "name",
                POLICY,
                "methods",
                List.of(
                        Map.of(
                                "name",
                                "npo",
                                "beta",
                                0.1,
                                "forgetWeight",
                                1,
                                "retention",
                                Map.of("kind", "CROSS_ENTROPY", "weight", 1),
                                "recipe",
                                recipe(20, 5e-4),
                                "seed",
                                1),
                        Map.of("name", "exact-retraining", "seed", 2)),
                "references",
                2,
                "approval",
                "person",
                "automatic",
                true,
                "waitSeconds",
                0);
    }
}
