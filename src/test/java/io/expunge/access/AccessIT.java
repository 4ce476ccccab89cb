package io.expunge.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.HttpTest;
import io.expunge.catalog.Fixtures;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class AccessIT extends HttpTest {

    private static final List<String> ROLES = List.of("INTAKE", "ENGINEER", "PRIVACY_OFFICER", "AUDITOR", "ADMIN");
    private static final String ANY = String.join(" ", ROLES);
    private static final String READERS = "ENGINEER PRIVACY_OFFICER AUDITOR";
    private static final UUID NOBODYS = UUID.fromString("0198f8a0-0000-7000-8000-000000000000");

    private record Route(String verb, String path, Object body) {}

    private static final Map<String, Object> DEMEMORISATION = Map.of(
            "modelId",
            NOBODYS,
            "method",
            Map.of("name", "truncated-svd", "layers", List.of(Map.of("layer", "lm", "keptShare", 0.5))),
            "mining",
            Map.of("prefix", 8, "suffix", 8, "most", 8));

    private static final Map<String, Object> TRAINING =
            Map.of("modelId", NOBODYS, "data", Map.of("datasetId", NOBODYS), "recipe", Fixtures.RECIPE, "seed", 1);
    private static final Map<String, Object> POLICY = Map.of(
            "name",
            "of-the-matrix",
            "methods",
            List.of(Map.of("name", "exact-retraining", "seed", 1)),
            "references",
            1,
            "approval",
            "person",
            "automatic",
            false,
            "waitSeconds",
            0);
    private static final Map<String, Object> WHY = Map.of("reason", "because");

    /** Who may call what; a call that is let in may well find nothing. */
    private static Map<Route, String> matrix() {
        var all = new LinkedHashMap<Route, String>();
        all.put(new Route("GET", "/v1/whoami", null), ANY);
        all.put(new Route("GET", "/v1/controllers", null), "ADMIN");
        all.put(new Route("POST", "/v1/controllers", Map.of("name", "default", "timeZone", "UTC")), "ADMIN");
        all.put(new Route("GET", "/v1/api-keys", null), "ADMIN");
        all.put(new Route("POST", "/v1/api-keys", Map.of("name", "k", "roles", List.of("INTAKE"))), "ADMIN");
        all.put(new Route("DELETE", "/v1/api-keys/{id}", null), "ADMIN");
        all.put(new Route("GET", "/v1/users", null), "ADMIN");
        all.put(new Route("POST", "/v1/users", Map.of("name", "of-the-matrix", "roles", List.of("INTAKE"))), "ADMIN");
        all.put(new Route("PUT", "/v1/users/{id}/roles", Map.of("roles", List.of("INTAKE"))), "ADMIN");
        all.put(new Route("POST", "/v1/users/{id}/disable", null), "ADMIN");
        all.put(new Route("POST", "/v1/users/{id}/enable", null), "ADMIN");
        all.put(new Route("POST", "/v1/users/{id}/reset-password", null), "ADMIN");
        all.put(new Route("GET", "/v1/audit/entries", null), "AUDITOR PRIVACY_OFFICER ADMIN");
        all.put(new Route("GET", "/v1/audit/verification", null), "AUDITOR PRIVACY_OFFICER ADMIN");
        all.put(
                new Route("POST", "/v1/audit/verification", Map.of("checkpoint", "x")),
                "AUDITOR PRIVACY_OFFICER ADMIN");
        all.put(new Route("GET", "/v1/audit/checkpoints", null), "AUDITOR PRIVACY_OFFICER ADMIN");
        all.put(new Route("POST", "/v1/audit/checkpoints", null), "AUDITOR PRIVACY_OFFICER ADMIN");
        all.put(new Route("GET", "/v1/audit/entries/{id}/proof", null), "AUDITOR PRIVACY_OFFICER ADMIN");
        all.put(new Route("GET", "/v1/audit/consistency?first=1&second=1", null), "AUDITOR PRIVACY_OFFICER ADMIN");
        all.put(new Route("GET", "/v1/signing-keys", null), ANY);
        all.put(new Route("POST", "/v1/signing-keys", null), "ADMIN");
        all.put(new Route("GET", "/v1/schedules", null), READERS);
        all.put(
                new Route(
                        "POST",
                        "/v1/schedules",
                        Map.of(
                                "name", "n",
                                "cron", "nonsense",
                                "timeZone", "UTC",
                                "selection", Map.of("name", "listed"))),
                "PRIVACY_OFFICER");
        all.put(new Route("GET", "/v1/schedules/{id}", null), READERS);
        all.put(new Route("DELETE", "/v1/schedules/{id}", null), "PRIVACY_OFFICER");
        all.put(new Route("PUT", "/v1/schedules/{id}/subjects", Map.of("subjects", List.of("a"))), "PRIVACY_OFFICER");
        all.put(new Route("POST", "/v1/schedules/{id}/dry-run", null), READERS);
        all.put(new Route("POST", "/v1/schedules/{id}/pause", null), "PRIVACY_OFFICER");
        all.put(new Route("POST", "/v1/schedules/{id}/resume", null), "PRIVACY_OFFICER");
        all.put(new Route("POST", "/v1/schedules/{id}/run", null), "PRIVACY_OFFICER");
        all.put(new Route("GET", "/v1/schedules/{id}/firings", null), READERS);
        all.put(new Route("GET", "/v1/house-tasks", null), READERS + " ADMIN");
        all.put(
                new Route(
                        "POST",
                        "/v1/ensemble-runs",
                        Map.of("modelId", NOBODYS, "kind", "halves", "members", 2, "seed", 1)),
                "ENGINEER PRIVACY_OFFICER");
        all.put(new Route("GET", "/v1/ensembles", null), READERS);
        all.put(new Route("GET", "/v1/ensembles/{id}", null), READERS);
        all.put(new Route("DELETE", "/v1/ensembles/{id}", null), "ENGINEER PRIVACY_OFFICER");
        all.put(new Route("GET", "/v1/webhooks", null), "ADMIN");
        all.put(new Route("POST", "/v1/webhooks", Map.of("url", "nonsense")), "ADMIN");
        all.put(new Route("GET", "/v1/webhooks/{id}", null), "ADMIN");
        all.put(new Route("DELETE", "/v1/webhooks/{id}", null), "ADMIN");
        all.put(new Route("POST", "/v1/webhooks/{id}/rotate", null), "ADMIN");
        all.put(new Route("POST", "/v1/webhooks/{id}/enable", null), "ADMIN");
        all.put(new Route("POST", "/v1/webhooks/{id}/test", null), "ADMIN");
        all.put(new Route("GET", "/v1/webhooks/{id}/deliveries", null), "ADMIN");
        all.put(new Route("POST", "/v1/webhooks/{id}/deliveries/1/replay", null), "ADMIN");
        all.put(new Route("GET", "/v1/certificates", null), READERS);
        all.put(new Route("GET", "/v1/certificates/{id}", null), READERS);
        all.put(new Route("GET", "/v1/certificates/{id}/html", null), READERS);
        all.put(new Route("GET", "/v1/certificates/{id}/pdf", null), READERS);
        all.put(new Route("GET", "/v1/erasure-requests/{id}/certificates", null), READERS);
        all.put(new Route("GET", "/v1/erasure-requests/{id}/by-products", null), READERS);
        all.put(new Route("POST", "/v1/erasure-requests/{id}/certificates", null), "PRIVACY_OFFICER");
        all.put(new Route("GET", "/v1/forecast", null), READERS + " ADMIN");
        all.put(new Route("GET", "/v1/erasure-requests/{id}/clock", null), "INTAKE PRIVACY_OFFICER AUDITOR");
        all.put(new Route("POST", "/v1/erasure-requests/{id}/acknowledge", null), "INTAKE PRIVACY_OFFICER");
        all.put(
                new Route(
                        "POST",
                        "/v1/erasure-requests/{id}/extend",
                        Map.of("reason", "complexity", "notifiedAt", "2026-01-01T00:00:00Z")),
                "PRIVACY_OFFICER");
        var ground = Map.of("ground", "legal_claims");
        all.put(new Route("POST", "/v1/erasure-requests/{id}/hold", ground), "PRIVACY_OFFICER");
        all.put(new Route("POST", "/v1/erasure-requests/{id}/release", null), "PRIVACY_OFFICER");
        all.put(new Route("POST", "/v1/erasure-requests/{id}/refuse", ground), "PRIVACY_OFFICER");
        all.put(new Route("GET", "/v1/erasure-requests/{id}/subjects", null), "PRIVACY_OFFICER");
        all.put(new Route("GET", "/v1/erasure-requests/{id}/recipients", null), "PRIVACY_OFFICER AUDITOR");
        all.put(
                new Route("PUT", "/v1/erasure-requests/{id}/recipients/" + NOBODYS, Map.of("state", "notified")),
                "PRIVACY_OFFICER");
        all.put(new Route("GET", "/v1/versions/{id}/derived", null), ANY);
        all.put(new Route("GET", "/v1/versions/{id}/recipients", null), READERS);
        all.put(
                new Route("POST", "/v1/versions/{id}/recipients", Map.of("name", "x", "kind", "copy")),
                "ENGINEER PRIVACY_OFFICER");
        all.put(new Route("POST", "/v1/recipients/{id}/end", null), "ENGINEER PRIVACY_OFFICER");
        all.put(new Route("GET", "/v1/runs/{id}/by-products", null), READERS);
        all.put(new Route("POST", "/v1/retraining-runs", Map.of("modelId", NOBODYS)), "ENGINEER PRIVACY_OFFICER");
        all.put(
                new Route("POST", "/v1/destruction-runs", Map.of("modelId", NOBODYS, "modelName", "x")),
                "PRIVACY_OFFICER");
        all.put(new Route("GET", "/v1/datasets", null), READERS);
        all.put(new Route("POST", "/v1/datasets", Map.of("name", "d", "format", Map.of("name", "idx"))), "ENGINEER");
        all.put(new Route("GET", "/v1/datasets/{id}", null), READERS);
        all.put(new Route("PUT", "/v1/datasets/{id}/parts/rows", new byte[] {1}), "ENGINEER");
        all.put(new Route("GET", "/v1/models", null), ANY);
        all.put(new Route("POST", "/v1/models", Fixtures.MODEL), "ENGINEER");
        all.put(new Route("GET", "/v1/models/{id}", null), ANY);
        all.put(new Route("GET", "/v1/models/{id}/versions", null), ANY);
        all.put(
                new Route(
                        "POST",
                        "/v1/models/{id}/versions",
                        Map.of("data", Map.of("datasetId", NOBODYS), "recipe", Fixtures.RECIPE, "seed", 1)),
                "ENGINEER");
        all.put(
                new Route("POST", "/v1/models/{id}/rollback", Map.of("versionId", NOBODYS, "reason", "x")),
                "PRIVACY_OFFICER");
        all.put(new Route("GET", "/v1/versions/{id}", null), ANY);
        all.put(new Route("PUT", "/v1/versions/{id}/weights", new byte[] {1}), "ENGINEER");
        all.put(new Route("GET", "/v1/versions/{id}/files", null), "ENGINEER PRIVACY_OFFICER");
        all.put(new Route("GET", "/v1/versions/{id}/files/config.json", null), "ENGINEER PRIVACY_OFFICER");
        all.put(new Route("GET", "/v1/versions/{id}/archive", null), "ENGINEER PRIVACY_OFFICER");
        all.put(new Route("GET", "/v1/runs/{id}/curves", null), "ENGINEER PRIVACY_OFFICER AUDITOR");
        all.put(new Route("GET", "/v1/erasure-requests", null), "PRIVACY_OFFICER AUDITOR");
        all.put(
                new Route(
                        "POST",
                        "/v1/erasure-requests",
                        Map.of("regulation", "gdpr", "submittedAt", "2026-01-01T00:00:00Z", "subjects", List.of("q"))),
                "INTAKE PRIVACY_OFFICER");
        all.put(new Route("GET", "/v1/erasure-requests/{id}", null), "INTAKE PRIVACY_OFFICER AUDITOR");
        all.put(new Route("POST", "/v1/erasure-requests/{id}/cancel", null), "INTAKE PRIVACY_OFFICER");
        all.put(new Route("GET", "/v1/methods", null), ANY);
        all.put(new Route("POST", "/v1/training-runs", TRAINING), "ENGINEER");
        all.put(new Route("POST", "/v1/unlearning-runs", Map.of("modelId", NOBODYS)), "ENGINEER PRIVACY_OFFICER");
        all.put(new Route("POST", "/v1/dememorisation-runs", DEMEMORISATION), "ENGINEER PRIVACY_OFFICER");
        all.put(new Route("GET", "/v1/runs", null), READERS);
        all.put(new Route("GET", "/v1/runs/{id}", null), READERS);
        all.put(new Route("GET", "/v1/runs/{id}/events", null), READERS);
        all.put(new Route("POST", "/v1/runs/{id}/cancel", null), "ENGINEER PRIVACY_OFFICER");
        all.put(new Route("POST", "/v1/runs/{id}/retry", null), "ENGINEER");
        all.put(new Route("PUT", "/v1/runs/{id}/priority", Map.of("priority", "high")), "ENGINEER PRIVACY_OFFICER");
        all.put(new Route("GET", "/v1/models/{id}/retraining-advice", null), ANY);
        all.put(new Route("GET", "/v1/runs/{id}/evidence", null), READERS);
        all.put(new Route("POST", "/v1/runs/{id}/approve", WHY), "PRIVACY_OFFICER");
        all.put(new Route("POST", "/v1/runs/{id}/reject", WHY), "PRIVACY_OFFICER");
        all.put(new Route("GET", "/v1/workers", null), ANY);
        all.put(new Route("GET", "/v1/policies", null), READERS);
        all.put(new Route("GET", "/v1/policies/{name}", null), READERS);
        all.put(new Route("PUT", "/v1/policies/{name}", POLICY), "PRIVACY_OFFICER");
        return all;
    }

    @Test
    void everyRouteIsOpenToItsRolesOnly() {
        var callers = new LinkedHashMap<String, Caller>();
        ROLES.forEach(role -> callers.put(role, as(role)));
        var wrong = new ArrayList<String>();
        matrix().forEach((route, roles) -> callers.forEach((role, caller) -> {
            var status = call(caller, route, NOBODYS.toString()).status();
            boolean open = Set.of(roles.split(" ")).contains(role);
            if (open ? status == 401 || status == 403 || status >= 500 : status != 403) {
                wrong.add(route.verb() + " " + route.path() + " as " + role + ": " + status);
            }
        }));
        assertThat(wrong).isEmpty();
        matrix().keySet()
                .forEach(route -> assertThat(
                                call(nobody(), route, NOBODYS.toString()).status())
                        .as(route.toString())
                        .isEqualTo(401));
    }

    @Test
    void theMatrixHasEveryRoute() throws Exception {
        var promised = new TreeSet<String>();
        java.util.regex.Pattern path = java.util.regex.Pattern.compile("^  (/v1/\\S+):$");
        var verb = java.util.regex.Pattern.compile("^    (get|put|post|delete|patch):$");
        var at = "";
        for (var line : java.nio.file.Files.readAllLines(java.nio.file.Path.of("openapi.yaml"))) {
            var isPath = path.matcher(line);
            var isVerb = verb.matcher(line);
            if (isPath.matches()) {
                at = isPath.group(1);
            } else if (isVerb.matches()) {
                promised.add(isVerb.group(1).toUpperCase(java.util.Locale.ROOT) + " " + at);
            }
        }
        var tested = new TreeSet<String>();
        matrix().keySet()
                .forEach(route -> tested.add(route.verb() + " "
                        + route.path()
                                .replace("/rows", "/{part}")
                                .replace("/config.json", "/{file}")
                                .replaceAll("\\?.*", "")
                                .replace("/deliveries/1/", "/deliveries/{delivery}/")
                                .replace("/recipients/" + NOBODYS, "/recipients/{recipientId}")));
        assertThat(tested).isEqualTo(promised);
    }

    @Test
    void anotherControllersIdsAnswerAsIfTheyDidNotExist() {
        var mine = as("INTAKE", "ENGINEER", "PRIVACY_OFFICER", "AUDITOR", "ADMIN");
        var other = ofAnotherController("INTAKE", "ENGINEER", "PRIVACY_OFFICER", "AUDITOR", "ADMIN");
        var dataset = Fixtures.table(mine);
        var model = mine.post("/v1/models", Fixtures.MODEL).with(201).text("id");
        var version = mine.post(
                        "/v1/models/" + model + "/versions",
                        Map.of("data", Map.of("datasetId", dataset), "recipe", Fixtures.RECIPE, "seed", 1))
                .with(201)
                .text("id");
        var training =
                Map.of("modelId", model, "data", Map.of("datasetId", dataset), "recipe", Fixtures.RECIPE, "seed", 1);
        var run = mine.post("/v1/training-runs", training).with(202).text("id");
        var request = mine.post(
                        "/v1/erasure-requests",
                        Map.of("regulation", "gdpr", "submittedAt", "2026-01-01T00:00:00Z", "subjects", List.of("ann")))
                .with(202)
                .text("id");
        var key = mine.post("/v1/api-keys", Map.of("name", "k", "roles", List.of("INTAKE")))
                .body()
                .get("key")
                .get("id")
                .asString();
        var entry = mine.get("/v1/audit/entries")
                .body()
                .get("items")
                .get(0)
                .get("id")
                .asString();
        var webhook = mine.post("/v1/webhooks", Map.of("url", "https://203.1.113.7/hook"))
                .with(201)
                .text("id");
        var schedule = mine.post(
                        "/v1/schedules",
                        Map.of(
                                "name", "theirs",
                                "cron", "@yearly",
                                "timeZone", "UTC",
                                "selection", Map.of("name", "listed")))
                .with(201)
                .text("id");
        var ids = new java.util.HashMap<>(Map.of(
                "datasets", dataset,
                "models", model,
                "versions", version,
                "runs", run,
                "erasure-requests", request,
                "api-keys", key,
                "audit", entry,
                "webhooks", webhook,
                // those of others are asked for where they can be made
                "recipients", NOBODYS.toString(),
                "certificates", NOBODYS.toString()));
        ids.put(
                "users",
                mine.post("/v1/users", Map.of("name", "theirs-" + UUID.randomUUID(), "roles", List.of("INTAKE")))
                        .with(201)
                        .body()
                        .get("user")
                        .get("id")
                        .asString());
        ids.put("schedules", schedule);
        ids.put("ensembles", NOBODYS.toString());
        var answers = new TreeMap<String, Integer>();
        matrix().keySet().stream()
                .filter(route -> route.path().contains("{id}"))
                .forEach(route -> {
                    var id = ids.get(route.path().split("/")[2]);
                    var answer = call(other, route, id);
                    answers.put(route.verb() + " " + route.path(), answer.status());
                    // the same words as for an id that nobody has
                    assertThat(String.valueOf(answer.body().get("detail")).replace(id, "?"))
                            .isEqualTo(String.valueOf(call(other, route, NOBODYS.toString())
                                            .body()
                                            .get("detail"))
                                    .replace(NOBODYS.toString(), "?"));
                });
        assertThat(answers)
                .hasSizeGreaterThan(15)
                .allSatisfy((route, status) -> assertThat(status).as(route).isEqualTo(404));
        // nor can they be named inside a body, nor seen in a list
        other.post("/v1/training-runs", training).with(404);
        var theirs = other.post("/v1/models", Fixtures.MODEL).with(201).text("id");
        other.post(
                        "/v1/training-runs",
                        Map.of(
                                "modelId",
                                theirs,
                                "data",
                                Map.of("datasetId", dataset),
                                "recipe",
                                Fixtures.RECIPE,
                                "seed",
                                1))
                .with(422);
        for (var list : List.of("datasets", "runs", "erasure-requests", "audit/entries", "api-keys")) {
            var seen = other.get("/v1/" + list).with(200).body().toString();
            ids.values().forEach(id -> assertThat(seen).doesNotContain(id));
        }
        mine.get("/v1/api-keys").with(200);
    }

    @Test
    void aRevokedOrExpiredKeyOpensNothingAndNoSecretIsLogged(CapturedOutput output) {
        var admin = admin();
        var made = admin.post("/v1/api-keys", Map.of("name", "k", "roles", List.of("ENGINEER")))
                .with(201)
                .body();
        var revoked = with(made.get("secret").asString());
        revoked.get("/v1/datasets").with(200);
        admin.delete("/v1/api-keys/" + made.get("key").get("id").asString());
        assertThat(revoked.get("/v1/datasets").status())
                .as("in the process that revoked it")
                .isEqualTo(401);

        var soon = Instant.now().plusSeconds(2).truncatedTo(ChronoUnit.MILLIS);
        var brief = admin.post(
                        "/v1/api-keys", Map.of("name", "k", "roles", List.of("ENGINEER"), "expiresAt", soon.toString()))
                .with(201)
                .text("secret");
        with(brief).get("/v1/datasets").with(200);
        Awaitility.await()
                .atMost(Duration.ofSeconds(4))
                .until(() -> with(brief).get("/v1/datasets").status() == 401);

        var listed = admin.get("/v1/api-keys").with(200).body().toString();
        for (var secret : List.of(made.get("secret").asString(), brief)) {
            var random = secret.substring(secret.length() - 43);
            assertThat(output.getAll()).doesNotContain(random);
            assertThat(listed).doesNotContain(random);
            // a neighbour of the secret, and the prefix alone
            with(secret.substring(0, secret.length() - 1) + "A")
                    .get("/v1/datasets")
                    .with(401);
            with(secret.substring(0, secret.length() - 44)).get("/v1/datasets").with(401);
        }
    }

    private static Answer call(Caller caller, Route route, String id) {
        var path = route.path().replace("{id}", id).replace("{name}", "of-the-matrix");
        return switch (route.verb()) {
            case "GET" -> caller.get(path);
            case "DELETE" -> caller.delete(path);
            case "PUT" ->
                route.body() instanceof byte[] bytes ? caller.put(path, bytes) : caller.putJson(path, route.body());
            default -> caller.post(path, route.body() == null ? "" : route.body());
        };
    }
}
