package io.expunge;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.AcceptanceClient.Caller;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/**
 * Takes public data sets through a running service over HTTP: upload, training, request, run, evidence, publication.
 *
 * <p>Not part of the build; see docs/acceptance.md.
 */
@EnabledIfEnvironmentVariable(named = "EXPUNGE_URL", matches = "http.+")
class Acceptance {

    private static final Duration PATIENCE = Duration.ofMinutes(20);
    private static final List<String> SHOWN = List.of("forget", "retain", "test");

    private final AcceptanceClient service = new AcceptanceClient(System.getenv("EXPUNGE_URL"));
    private final Path data = Path.of(System.getenv().getOrDefault("EXPUNGE_DATA", "../shared/data"));
    private final Caller admin = service.withKeyIn(Path.of(System.getenv("EXPUNGE_ADMIN_KEY_FILE")));
    private final Caller engineer = admin.create("ENGINEER");
    private final Caller officer = admin.create("PRIVACY_OFFICER");
    private final Caller intake = admin.create("INTAKE");

    @ParameterizedTest
    @EnumSource
    void forgetsAndPublishes(AcceptanceCase given) throws IOException, InterruptedException {
        var datasets = given.upload(engineer, data);
        var model = model(given);
        var trained = train(given, model, datasets);
        var version =
                engineer.get("/v1/versions/" + trained.get("candidateVersionId").asString());
        double accuracy = version.get("metrics").get("testAccuracy").asDouble();
        print("%s: %s, test accuracy %.4f after %s", given, given.architecture(), accuracy, took(trained));

        var request = intake.post(
                "/v1/erasure-requests",
                Map.of(
                        "regulation",
                        "gdpr",
                        "submittedAt",
                        Instant.now().toString(),
                        "records",
                        List.of(Map.of("datasetId", datasets.getFirst(), "ordinals", given.forget(data)))),
                202);
        var requestPath = "/v1/erasure-requests/" + request.get("id").asString();
        var taken = await(
                intake,
                requestPath,
                found -> found.get("targets").size() > 0
                        && found.get("targets").get(0).has("runId"));
        var run = taken.get("targets").get(0).get("runId").asString();
        var done = await(
                engineer,
                "/v1/runs/" + run,
                found -> found.get("state").asString().matches("awaiting_approval|succeeded|failed"));
        var evidence = officer.get("/v1/runs/" + run + "/evidence");
        print(evidence(given, done, evidence));
        assertThat(done.get("state").asString()).as(done.toString()).isEqualTo("awaiting_approval");

        officer.post("/v1/runs/" + run + "/approve", Map.of("reason", "acceptance"), 202);
        await(
                engineer,
                "/v1/runs/" + run,
                found -> found.get("state").asString().equals("succeeded"));
        assertThat(intake.get(requestPath).get("state").asString()).isEqualTo("completed");
        assertThat(engineer.get("/v1/models/" + model).get("champion").asString())
                .isEqualTo(done.get("candidateVersionId").asString());
        print("%s: published version %s", given, done.get("candidateVersionId").asString());
        assertThat(accuracy).isGreaterThanOrEqualTo(given.leastAccuracy());
    }

    private String model(AcceptanceCase given) {
        var name = "acceptance-" + UUID.randomUUID().toString().substring(0, 8);
        officer.put("/v1/policies/" + name, given.policy(name));
        return engineer.post(
                        "/v1/models",
                        Map.of("name", given.toString(), "policy", name, "architecture", given.architecture()),
                        201)
                .get("id")
                .asString();
    }

    private JsonNode train(AcceptanceCase given, String model, List<String> datasets) throws InterruptedException {
        var source = datasets.size() > 1
                ? Map.of("datasetId", datasets.get(0), "testDatasetId", datasets.get(1))
                : Map.of("datasetId", datasets.get(0), "testFraction", 0.2);
        var run = engineer.post(
                "/v1/training-runs",
                Map.of("modelId", model, "data", source, "recipe", given.recipe(), "seed", 1),
                202);
        var path = "/v1/runs/" + run.get("id").asString();
        var ended = await(engineer, path, found -> found.get("state").asString().matches("succeeded|failed"));
        assertThat(ended.get("state").asString()).as(ended.toString()).isEqualTo("succeeded");
        return ended;
    }

    private static String evidence(AcceptanceCase given, JsonNode run, JsonNode evidence) {
        var text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s: %s by %s, cost %.1f %% of one retraining, %d records of %d%n",
                given,
                evidence.get("verdict").asString(),
                run.get("method").get("name").asString(),
                evidence.has("costPercent") ? evidence.get("costPercent").asDouble() : Double.NaN,
                evidence.get("forgetRecords").asLong(),
                evidence.get("forgetRecords").asLong()
                        + evidence.get("retainRecords").asLong()));
        evidence.get("reasons")
                .forEach(reason -> text.append("    ").append(reason.asString()).append('\n'));
        evidence.get("measurements").forEach(found -> {
            if (SHOWN.stream().anyMatch(found.get("check").asString()::startsWith)) {
                text.append(String.format(
                        Locale.ROOT,
                        "    %-28s before %s after %s retrained %s [%s, %s]%n",
                        found.get("check").asString(),
                        figure(found, "before"),
                        figure(found, "after"),
                        figure(found, "reference"),
                        figure(found, "referenceLow"),
                        figure(found, "referenceHigh")));
            }
        });
        return text.toString();
    }

    private static String figure(JsonNode found, String field) {
        return found.has(field)
                ? String.format(Locale.ROOT, "%7.4f", found.get(field).asDouble())
                : "      -";
    }

    private static Duration took(JsonNode run) {
        return Duration.between(
                Instant.parse(run.get("startedAt").asString()),
                Instant.parse(run.get("endedAt").asString()));
    }

    private static JsonNode await(Caller caller, String path, Predicate<JsonNode> until) throws InterruptedException {
        var last = Instant.now().plus(PATIENCE);
        while (true) {
            var found = caller.get(path);
            if (until.test(found)) {
                return found;
            }
            assertThat(Instant.now()).as(() -> "still " + found).isBefore(last);
            Thread.sleep(500);
        }
    }

    private static void print(String text, Object... arguments) {
        System.out.println(arguments.length == 0 ? text : String.format(Locale.ROOT, text, arguments));
    }
}
