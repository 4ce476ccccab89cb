package io.expunge.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * In two acts: a classifier of made-up customers forgets three of them, and a language model that knows customers' records
 * by heart forgets one; both show the evidence.
 */
public final class Demo {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final String url;
    private final Path state;
    private final Clock clock;
    private final Terminal terminal;
    private final Api admin;

    /**
     * A demo against a running service.
     *
     * @param directory where it remembers what it made
     * @param adminKey secret of the admin key
     */
    public Demo(String url, Path directory, String adminKey, Clock clock, PrintStream out) {
        this.url = url;
        this.state = directory.resolve("demo.json");
        this.clock = clock;
        this.terminal = new Terminal(out);
        this.admin = new Api(url, adminKey);
    }

    /** Runs it, or shows what an earlier run left. */
    public void run() throws IOException, InterruptedException {
        var made = Files.exists(state) ? remembered() : make();
        hints(made);
    }

    @SuppressWarnings("unchecked")
    private Map<String, String> remembered() throws IOException {
        Map<String, String> made = JSON.readValue(Files.readString(state), Map.class);
        var officer = api(made, "officer");
        terminal.say("This is what the demo made before:");
        terminal.say("  request " + made.get("request") + " is "
                + officer.get("/v1/erasure-requests/" + made.get("request"))
                        .get("state")
                        .asString());
        terminal.evidence(officer.get("/v1/runs/" + made.get("run") + "/evidence"));
        terminal.evidence(officer.get("/v1/runs/" + made.get("language-run") + "/evidence"));
        return made;
    }

    private Map<String, String> make() throws IOException, InterruptedException {
        var made = new TreeMap<String, String>();
        made.put("engineer", key("ENGINEER"));
        made.put("officer", key("PRIVACY_OFFICER"));
        made.put("intake", key("INTAKE"));
        made.put("clerk", user("clerk", "INTAKE"));
        made.put("decider", user("decider", "PRIVACY_OFFICER"));
        var stage = new Stage(url, made, terminal, clock);
        terminal.say("First act: a classifier.");
        var dataset = train(stage);
        terminal.say("3. Three people ask to be forgotten.");
        made.put("run", stage.forget(dataset, List.of(Customers.FORGOTTEN)));
        terminal.say("");
        terminal.say("Second act: a language model.");
        new LanguageAct(stage).play();
        Files.deleteIfExists(state);
        Files.createFile(state, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(state, JSON.writeValueAsString(made));
        return made;
    }

    /** Trains the classifier; the data set that it learned from. */
    private String train(Stage stage) throws InterruptedException {
        var engineer = stage.api("engineer");
        terminal.say("1. A table of fictitious customers is uploaded.");
        var ready = upload(engineer, "customers", Customers.csv());
        var others = upload(engineer, "customers that no model learns from", Customers.others());
        terminal.say("   " + ready.get("records") + " records of " + ready.get("subjects") + " people, and "
                + others.get("records") + " of others to test with");

        terminal.say("2. A model learns who leaves.");
        var officer = stage.api("officer");
        officer.put("/v1/policies/demo", policy());
        var model = Stage.id(engineer.post(
                "/v1/models",
                Map.of(
                        "name", "churn",
                        "policy", "demo",
                        "architecture",
                                Map.of(
                                        "name",
                                        "mlp",
                                        "inputs",
                                        ready.get("shape").get(0).asInt(),
                                        "hidden",
                                        List.of(128, 128),
                                        "classes",
                                        2))));
        stage.made().put("model", model);
        var run = Stage.id(engineer.post(
                "/v1/training-runs",
                Map.of(
                        "modelId",
                        model,
                        "data",
                        Map.of("datasetId", Stage.id(ready), "testDatasetId", Stage.id(others)),
                        "recipe",
                        Map.of(
                                "epochs",
                                40,
                                "batchSize",
                                64,
                                "learningRate",
                                0.05,
                                "momentum",
                                0.9,
                                "weightDecay",
                                5e-4,
                                "schedule",
                                "COSINE",
                                "augment",
                                false),
                        "seed",
                        1)));
        stage.watch(engineer, run);
        var version = engineer.get("/v1/models/" + model + "/versions").get(0);
        terminal.say("   version 1 is published; test accuracy "
                + version.get("metrics").get("testAccuracy"));
        return Stage.id(ready);
    }

    private static JsonNode upload(Api engineer, String name, String rows) {
        var dataset = Stage.id(engineer.post("/v1/datasets", Map.of("name", name, "format", format())));
        return engineer.upload("/v1/datasets/" + dataset + "/parts/rows", rows);
    }

    private String key(String role) {
        return admin.post("/v1/api-keys", Map.of("name", "demo " + role, "roles", List.of(role)))
                .get("secret")
                .asString();
    }

    /** The password for one use of a user of the console. */
    private String user(String name, String role) {
        return admin.post("/v1/users", Map.of("name", name, "roles", List.of(role)))
                .get("password")
                .asString();
    }

    private Api api(Map<String, String> made, String who) {
        return new Api(url, java.util.Objects.requireNonNull(made.get(who)));
    }

    private void hints(Map<String, String> made) {
        terminal.say("");
        terminal.say("The service stays up at " + url + "; its keys:");
        for (var who : List.of("engineer", "officer", "intake")) {
            terminal.say(String.format("  %-9s %s", who, made.get(who)));
        }
        terminal.say("Try:");
        var curl = "  curl -s -H 'Authorization: Bearer " + made.get("officer") + "' " + url;
        terminal.say(curl + "/v1/runs/" + made.get("run") + "/evidence");
        terminal.say(curl + "/v1/audit/verification");
        terminal.say(curl + "/v1/certificates");
        if (made.containsKey("clerk")) {
            terminal.say("Or have somebody forgotten by hand: open " + url + "/console");
            terminal.say("  sign in as clerk    with " + made.get("clerk") + " (for one use), and forget, one a line, "
                    + String.join(", ", Customers.NEXT) + ";");
            terminal.say("  sign in as decider  with " + made.get("decider")
                    + " (for one use), look at the evidence, approve, and download the certificate.");
        }
    }

    private static Map<String, Object> format() {
        return Map.of(
                "name",
                "csv",
                "columns",
                List.of(
                        column("customer", "subject"),
                        column("month", "numeric"),
                        column("visits", "numeric"),
                        column("spent", "numeric"),
                        column("complaints", "numeric"),
                        column("region", "categorical"),
                        column("plan", "categorical"),
                        column("churn", "label")));
    }

    private static Map<String, Object> column(String name, String kind) {
        return Map.of("name", name, "kind", kind);
    }

    private static Map<String, Object> policy() {
        return Map.of(
                "name",
                "demo",
                "methods",
                List.of(
                        Map.of(
                                "name",
                                "l1-sparse",
                                "penalty",
                                5e-4,
                                "plainEpochs",
                                1,
                                "schedule",
                                Map.of(
                                        "epochs",
                                        5,
                                        "batchSize",
                                        64,
                                        "learningRate",
                                        0.05,
                                        "momentum",
                                        0.9,
                                        "weightDecay",
                                        5e-4,
                                        "seed",
                                        1)),
                        Map.of("name", "exact-retraining", "seed", 1)),
                "references",
                5,
                "approval",
                "person",
                "automatic",
                true,
                "waitSeconds",
                0);
    }
}
