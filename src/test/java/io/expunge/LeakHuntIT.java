package io.expunge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.intake.Certificates;
import io.expunge.intake.Sombra;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Marked people go through every way in, every way to go wrong and a killed process of the packaged service; then they are
 * looked for in every file that it keeps, the database's own among them, in every column, in what it logged, measured and
 * answered.
 */
class LeakHuntIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<String> SETTINGS =
            List.of("--expunge.run.heartbeat=1s", "--expunge.run.back-off=1s", "--expunge.payload.grace=1h");
    private static final int PEOPLE = 60;

    private final Path home =
            Path.of("target/it/leaks-" + ProcessHandle.current().pid()).toAbsolutePath();
    private final Marks marks = new Marks();
    private final Sombra sombra = new Sombra();
    private final Marks written = new Marks();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Set<String> answers = new ConcurrentSkipListSet<>();
    private final Map<String, String> keys = new HashMap<>();
    private final String submitted = Instant.now().toString();
    private final List<String> settings = new ArrayList<>(SETTINGS);

    @TempDir
    private Path directory;

    private int port;
    private ServedJar served;

    @Test
    void nobodyIsFoundWhereNobodyBelongs() throws Exception {
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        var certificates = Certificates.make(directory, "dsr.example.com", "EC");
        settings.addAll(List.of(
                "--expunge.opendsr.domain=dsr.example.com",
                "--expunge.opendsr.certificate=" + certificates.path("own.pem"),
                "--expunge.opendsr.private-key=" + certificates.path("own.key"),
                "--expunge.ketch.enabled=true",
                "--expunge.fides.enabled=true",
                "--expunge.fides.url=http://127.0.0.1:9",
                "--expunge.transcend.sombra-url=http://127.0.0.1:9",
                "--expunge.transcend.signing-keys=" + Files.writeString(directory.resolve("sombra.pem"), sombra.pem()),
                "--expunge.transcend.audience=example",
                "--expunge.transcend.api-key=key",
                "--expunge.notify.allow-http=true",
                "--expunge.notify.allowed-networks=127.0.0.0/8"));
        start();
        try {
            keys.put("ADMIN", Files.readString(served.adminKey()).strip());
            for (var role : List.of("ENGINEER", "INTAKE", "PRIVACY_OFFICER", "AUDITOR")) {
                keys.put(
                        role,
                        text(post("ADMIN", "/v1/api-keys", Map.of("name", "hunt", "roles", List.of(role))), "secret"));
            }
            var people = new ArrayList<String>();
            for (int i = 0; i < PEOPLE; i++) {
                people.add(marks.next());
            }
            var dataset = uploads(people);
            model(dataset);
            var completed = forgotten(people.subList(0, 12));
            var unknown =
                    file(Map.of("subjects", List.of(marks.next()), "externalId", "case of " + marks.next()), null);
            await(unknown, "no_match");
            var cancelled = file(Map.of("subjects", people.subList(20, 24)), null);
            post("PRIVACY_OFFICER", "/v1/erasure-requests/" + cancelled + "/cancel", Map.of());
            byOpenDsr(marks.next());
            byKetch(marks.next());
            byFides(marks.next());
            byTranscend(marks.next());
            byStandingOrder(marks.next(), people.get(30));
            everyWayToGoWrong(people);
            killedWhileRequestsComeIn();

            assertThat(marks.inFiles(home)).as("files").isEmpty();
            try (var database = served.database()) {
                assertThat(marks.inDatabase(database)).as("columns").isEmpty();
            }
            assertThat(answers).as("answers").isEmpty();
            assertThat(marks.in(get("ADMIN", "/actuator/prometheus").getBytes(UTF_8)))
                    .as("metrics")
                    .isEmpty();
            // the hunt finds what is there: texts are kept as they were uploaded, in one place
            assertThat(written.inFiles(home)).isNotEmpty().allMatch(file -> file.startsWith("artifacts/datasets/"));

            // before it is shredded, who may read it does
            answers.clear();
            assertThat(get("PRIVACY_OFFICER", "/v1/erasure-requests/" + completed + "/subjects"))
                    .contains(people.getFirst());
            assertThat(answers).isNotEmpty();
            answers.clear();
            shredded(List.of(completed, unknown));
            assertThat(marks.inFiles(home)).as("files").isEmpty();
            assertThat(answers).as("answers").isEmpty();
        } finally {
            served.kill();
            served.killDatabase();
        }
        FileSystemUtils.deleteRecursively(home);
    }

    private void start() throws Exception {
        served = ServedJar.launch("all", home, port, settings, Map.of());
        served.awaitReady();
    }

    private String uploads(List<String> people) throws Exception {
        var columns = List.of(
                Map.of("name", "person", "kind", "subject"),
                Map.of("name", "a", "kind", "numeric"),
                Map.of("name", "b", "kind", "numeric"),
                Map.of("name", "label", "kind", "label"));
        var csv = Map.of("name", "csv", "columns", columns);
        var bad = text(post("ENGINEER", "/v1/datasets", Map.of("name", "bad", "format", csv)), "id");
        for (var rows : List.of(
                "person,a,b,label\n" + people.getFirst() + ",1\n",
                "person,a,b,label\n" + people.getFirst() + "," + people.getFirst() + ",2,yes\n",
                "person,a,b," + people.getFirst() + "\n",
                "person,a,b,label\n\"" + people.getFirst(),
                people.getFirst())) {
            assertThat(put("/v1/datasets/" + bad + "/parts/rows", rows)).contains("\"status\":4");
        }
        put("/v1/datasets/" + bad + "/parts/" + people.getFirst(), "person,a,b,label\n");

        var random = new Random(1);
        var rows = new StringBuilder("person,a,b,label\n");
        for (int i = 0; i < 10 * PEOPLE; i++) {
            double a = random.nextGaussian();
            double b = random.nextGaussian();
            rows.append(people.get(i / 10) + "," + a + "," + b + "," + (a + b > 0 ? "yes" : "no") + "\n");
        }
        var good = text(post("ENGINEER", "/v1/datasets", Map.of("name", "people", "format", csv)), "id");
        put("/v1/datasets/" + good + "/parts/rows", rows.toString());

        var format = Map.of("name", "text", "subject", "person");
        var texts = text(post("ENGINEER", "/v1/datasets", Map.of("name", "texts", "format", format)), "id");
        for (var line : List.of(
                "{\"person\":\"" + people.getFirst() + "\"",
                "{\"person\":{\"name\":\"" + people.getFirst() + "\"},\"text\":\"t\"}",
                "{\"" + people.getFirst() + "\":1,\"text\":\"t\"}")) {
            assertThat(put("/v1/datasets/" + texts + "/parts/records", line)).contains("\"status\":4");
        }
        put(
                "/v1/datasets/" + texts + "/parts/records",
                "{\"person\":\"" + people.get(1) + "\",\"text\":\"as uploaded: " + written.next()
                        + "\"}\n{\"person\":\"" + people.get(2) + "\",\"hidden\":\"" + people.get(3)
                        + "\",\"text\":\"t\"}");
        assertThat(get("ENGINEER", "/v1/datasets/" + texts)).contains("\"state\":\"ready\"");
        return good;
    }

    private void model(String dataset) throws Exception {
        var policy = new HashMap<>(DrillModels.policy("hunt", 1));
        policy.put("methods", List.of(Map.of("name", "exact-retraining", "seed", 11)));
        policy.put("automatic", true);
        send("PRIVACY_OFFICER", "PUT", "/v1/policies/hunt", JSON.writeValueAsString(policy), Map.of());
        var architecture = Map.of("name", "mlp", "inputs", 2, "hidden", List.of(8), "classes", 2);
        var model = text(
                post(
                        "ENGINEER",
                        "/v1/models",
                        Map.of("name", "people", "policy", "hunt", "architecture", architecture)),
                "id");
        var recipe = JSON.readValue("""
                {"epochs":3,"batchSize":64,"learningRate":0.05,"momentum":0.9,"weightDecay":1e-4,"schedule":"COSINE",
                 "augment":false}
                """, Map.class);
        var order = Map.of("modelId", model, "data", Map.of("datasetId", dataset), "recipe", recipe, "seed", 3);
        var run = text(post("ENGINEER", "/v1/training-runs", order), "id");
        Patiently.until(
                "the training", () -> get("ENGINEER", "/v1/runs/" + run), body -> body.contains("\"succeeded\""));
    }

    private String forgotten(List<String> people) throws Exception {
        var id = file(Map.of("subjects", people, "externalId", "case of " + people.getFirst()), people.getFirst());
        // the same again, and something else under the same key
        assertThat(file(Map.of("subjects", people, "externalId", "case of " + people.getFirst()), people.getFirst()))
                .isEqualTo(id);
        assertThat(send(
                        "INTAKE",
                        "POST",
                        "/v1/erasure-requests",
                        body(Map.of("subjects", people.subList(1, 2))),
                        Map.of("Idempotency-Key", people.getFirst())))
                .contains("idempotency-key-reused");
        var run = JSON.readTree(Patiently.until(
                        "a run",
                        () -> get("PRIVACY_OFFICER", "/v1/erasure-requests/" + id),
                        body -> body.contains("runId")))
                .get("targets")
                .get(0)
                .get("runId")
                .asString();
        Patiently.until(
                "a candidate",
                () -> get("ENGINEER", "/v1/runs/" + run),
                body -> body.contains("\"awaiting_approval\""));
        post("PRIVACY_OFFICER", "/v1/runs/" + run + "/approve", Map.of("reason", "asked by " + people.getFirst()));
        await(id, "completed");
        return id;
    }

    private void byOpenDsr(String mark) throws Exception {
        var path = "/opendsr/v2/requests";
        var id = UUID.randomUUID().toString();
        var body = openDsr(id, "raw", mark);
        assertThat(send("INTAKE", "POST", path, body, Map.of())).contains("encoded_request");
        Patiently.until("an answer", () -> get("INTAKE", path + "/" + id), answer -> answer.contains("completed"));
        for (var bad : List.of(
                openDsr(id, "raw", mark + "2"),
                openDsr(mark, "raw", mark),
                openDsr(UUID.randomUUID().toString(), mark, mark),
                openDsr(UUID.randomUUID().toString(), "sha256", mark),
                openDsr(UUID.randomUUID().toString(), "raw", mark + "x".repeat(600)),
                body.replace("\"gdpr\"", "\"" + mark + "\""),
                body.replace(
                        "\"status_callback_urls\":[]",
                        "\"status_callback_urls\":[\"https://callback.invalid/" + mark + "\"]"),
                body.replace("\"extensions\":{}", "\"extensions\":{\"dsr.example.com\":{\"" + mark + "\":1}}"),
                body.substring(1),
                mark)) {
            assertThat(send("INTAKE", "POST", path, bad, Map.of())).as(bad).contains("\"code\":400");
        }
        assertThat(get("INTAKE", path + "/" + mark)).contains("\"code\":400");
        assertThat(send("AUDITOR", "POST", path, body, Map.of())).contains("\"code\":403");
    }

    private String openDsr(String id, String format, String mark) {
        var identity = new java.util.TreeMap<>(
                Map.of("identity_type", "controller_customer_id", "identity_format", format, "identity_value", mark));
        return JSON.writeValueAsString(new java.util.TreeMap<>(Map.of(
                "regulation",
                "gdpr",
                "subject_request_id",
                id,
                "subject_request_type",
                "erasure",
                "submitted_time",
                submitted,
                "subject_identities",
                List.of(identity),
                "status_callback_urls",
                List.of(),
                "extensions",
                Map.of())));
    }

    private void byKetch(String mark) throws Exception {
        var path = "/ketch/v1/requests";
        var body = ketch(mark);
        assertThat(send("INTAKE", "POST", path, body, Map.of())).contains("no_match");
        for (var bad : List.of(
                ketch(mark + "2"),
                body.replace("\"gdpr\"", "\"" + mark + "\""),
                body.replace("dsr/v1", mark),
                body.replace("\"tenant\":\"t\"", "\"tenant\":\"" + mark + "@\""),
                body.replace("http://127.0.0.1:9/", "https://callback.invalid/" + mark),
                body.replace("account_id", "email").replace("raw", mark).replace("\"gdpr\"", "\"x\""),
                body.replace("1790000000", "\"" + mark + "\""),
                body.substring(1),
                mark)) {
            assertThat(send("INTAKE", "POST", path, bad, Map.of())).as(bad).contains("\"code\":400");
        }
        assertThat(send("INTAKE", "POST", path, body.replace("DeleteRequest", mark), Map.of()))
                .contains("\"code\":501");
        assertThat(get("INTAKE", path + "/" + mark)).contains("\"code\":404");
    }

    /** Also a mark as the secret of a callback that cannot be delivered. */
    private static String ketch(String mark) {
        return """
                {"apiVersion":"dsr/v1","kind":"DeleteRequest",
                 "metadata":{"uid":"22880925-aac5-42f9-a653-cb6921d361ff","tenant":"t"},
                 "request":{"regulation":"gdpr","submittedTimestamp":1790000000,
                  "identities":[{"identitySpace":"account_id","identityFormat":"raw","identityValue":"%1$s"}],
                  "callbacks":[{"url":"http://127.0.0.1:9/","headers":{"Authorization":"%1$s"}}],
                  "subject":{"email":"%1$s","firstName":"%1$s"}}}
                """.formatted(mark);
    }

    private void byFides(String mark) throws Exception {
        var path = "/fides/v1/erasures";
        var body = "{\"privacy_request_id\":\"%1$s\",\"subjects\":[\"%1$s\"]}".formatted(mark);
        var secret = Map.of("reply-to", "/api/v1/request-task/callback", "reply-to-token", token(mark));
        assertThat(send("INTAKE", "POST", path, body, secret)).contains("correlation_id");
        for (var bad : List.of(
                body.replace("[", "").replace("]", ""),
                body.replace("}", ",\"regulation\":\"" + mark + "\"}"),
                body.replace("}", ",\"submitted_at\":\"" + mark + "\"}"),
                body.replace("[\"", "[\"" + "x".repeat(600)),
                mark)) {
            assertThat(send("INTAKE", "POST", path, bad, Map.of())).as(bad).contains("\"detail\"");
        }
        assertThat(send(
                        "INTAKE",
                        "POST",
                        path,
                        body,
                        Map.of("reply-to", "/" + token(mark) + "?", "reply-to-token", "t")))
                .contains("\"detail\"");
        assertThat(get("INTAKE", path + "/" + mark)).contains("\"detail\"");
    }

    /** A mark where no other signs may be. */
    private static String token(String mark) {
        return mark.replaceAll("[^0-9A-Za-z]", "");
    }

    private void byTranscend(String mark) throws Exception {
        var path = "/transcend/v1/requests";
        var body = """
                {"type":"ERASURE","coreIdentifier":{"value":"%1$s"},
                 "extras":{"profile":{"identifier":"%1$s","type":"email"},"request":{"link":"https://x/%1$s"}}}
                """.formatted(mark);
        var good = Map.of("x-sombra-token", sombra.token(mark), "x-transcend-nonce", token(mark));
        assertThat(send("INTAKE", "POST", path, body, good)).isEmpty();
        for (var bad : List.of(
                body.replace("ERASURE", mark),
                body.replace("\"value\":\"", "\"value\":\"x"),
                body.substring(1),
                mark)) {
            assertThat(send("INTAKE", "POST", path, bad, good)).as(bad).contains("\"error\"");
        }
        assertThat(send("INTAKE", "POST", path, body, Map.of("x-sombra-token", mark, "x-transcend-nonce", mark)))
                .contains("\"error\"");
    }

    private void byStandingOrder(String mark, String known) throws Exception {
        var path = "/v1/schedules";
        var order = Map.of(
                "name", "hunt",
                "cron", "@yearly",
                "timeZone", "UTC",
                "selection", Map.of("name", "listed"));
        var id = text(post("PRIVACY_OFFICER", path, order), "id");
        send(
                "PRIVACY_OFFICER",
                "PUT",
                path + "/" + id + "/subjects",
                body(Map.of("subjects", List.of(mark, known))),
                Map.of());
        post("PRIVACY_OFFICER", path + "/" + id + "/dry-run", Map.of());
        post("PRIVACY_OFFICER", path + "/" + id + "/run", Map.of());
        Patiently.until(
                "a firing", () -> get("AUDITOR", path + "/" + id + "/firings"), answer -> answer.contains("endedAt"));
        for (var bad : List.of("cron", "timeZone", "selection", mark)) {
            var wrong = new java.util.HashMap<String, Object>(order);
            wrong.put(bad, bad.equals("selection") ? Map.of("name", mark) : mark);
            send("PRIVACY_OFFICER", "POST", path, JSON.writeValueAsString(wrong), Map.of());
        }
        send("PRIVACY_OFFICER", "PUT", path + "/" + id + "/subjects", "{\"subjects\":\"" + mark + "\"}", Map.of());
    }

    private void everyWayToGoWrong(List<String> people) throws Exception {
        var mark = people.getLast();
        var path = "/v1/erasure-requests";
        for (var body : List.of(
                "{\"subjects\":[\"" + mark + "\"",
                mark,
                "\"" + mark + "\"",
                "{\"" + mark + "\":1}",
                body(Map.of("subjects", mark)),
                body(Map.of("subjects", List.of(mark, " "))),
                body(Map.of("subjects", List.of(Map.of("email", mark)))),
                body(Map.of("subjects", List.of(mark + "x".repeat(600)))),
                body(Map.of("subjects", List.of(mark), "externalId", mark + "x".repeat(300))),
                body(Map.of("subjects", List.of(mark), "externalId", mark + "\0")),
                body(Map.of("subjects", List.of(mark), "regulation", mark)),
                body(Map.of("subjects", List.of(mark), "submittedAt", mark)),
                body(Map.of("subjects", List.of(mark), "submittedAt", "2090-01-01T00:00:00Z")),
                body(Map.of("subjects", List.of(mark), "datasetIds", List.of(mark))),
                body(Map.of(
                        "subjects",
                        List.of(mark),
                        "records",
                        List.of(Map.of("datasetId", mark, "ordinals", List.of(1))))),
                body(Map.of("subjects", List.of(mark), mark, mark)))) {
            assertThat(send("INTAKE", "POST", path, body, Map.of())).contains("\"status\":4");
        }
        send(
                "INTAKE",
                "POST",
                path,
                body(Map.of("subjects", List.of(mark))),
                Map.of("Content-Type", "text/plain; a=" + mark));
        send(
                "INTAKE",
                "POST",
                path,
                body(Map.of("subjects", List.of(mark))),
                Map.of("Idempotency-Key", mark + " " + mark));
        send(
                "INTAKE",
                "POST",
                path,
                body(Map.of("subjects", List.of(mark))),
                Map.of("Accept", "text/" + mark.replace('@', '-')));
        send("INTAKE", "PATCH", path + "/" + mark, "{}", Map.of());
        send("AUDITOR", "POST", path, body(Map.of("subjects", List.of(mark))), Map.of());
        keys.put("NOBODY", mark);
        send("NOBODY", "POST", path, body(Map.of("subjects", List.of(mark))), Map.of());
        for (var bad : List.of(
                path + "/" + mark,
                path + "?state=" + mark,
                path + "?cursor=" + mark,
                path + "?limit=" + mark,
                "/v1/" + mark,
                "/" + mark,
                "/v1/audit/entries?subjectId=" + mark,
                "/v1/runs/" + mark)) {
            assertThat(get("PRIVACY_OFFICER", bad)).contains("\"status\":4");
        }
    }

    /** The process is killed while a request of a marked person is under way, and started again. */
    private void killedWhileRequestsComeIn() throws Exception {
        var callers = new ArrayList<Thread>();
        for (int i = 0; i < 4; i++) {
            var body = body(Map.of("subjects", List.of(marks.next()), "externalId", marks.next()));
            callers.add(Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        send("INTAKE", "POST", "/v1/erasure-requests", body, Map.of());
                    }
                } catch (IOException e) {
                    // killed
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        Thread.sleep(500);
        served.kill();
        for (var caller : callers) {
            caller.join();
        }
        start();
    }

    /** Some days pass. */
    private void shredded(List<String> ended) throws Exception {
        try (var database = served.database();
                var statement = database.createStatement()) {
            statement.execute(
                    "update erasure_request set ended_at = ended_at - interval '2 days' where ended_at is not null");
        }
        for (var id : ended) {
            Patiently.until(
                    "the shredding",
                    () -> get("PRIVACY_OFFICER", "/v1/erasure-requests/" + id),
                    body -> body.contains("shreddedAt"));
            assertThat(get("PRIVACY_OFFICER", "/v1/erasure-requests/" + id + "/subjects"))
                    .contains("payload-shredded");
            assertThat(get("AUDITOR", "/v1/audit/entries?subjectId=" + id)).contains("erasure.payload-shredded");
        }
        assertThat(count("select count(*) from request_key where request_id in ('" + String.join("','", ended) + "')"))
                .isZero();
        assertThat(count("select count(*) from request_payload")).isPositive();
        try (var database = served.database()) {
            assertThat(marks.inDatabase(database)).as("columns").isEmpty();
        }
    }

    private long count(String sql) throws SQLException, IOException {
        try (var database = served.database();
                var statement = database.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private String body(Map<String, ?> parts) {
        var all = new HashMap<String, Object>(Map.of("regulation", "gdpr", "submittedAt", submitted));
        all.putAll(parts);
        return JSON.writeValueAsString(all);
    }

    private String file(Map<String, ?> parts, String key) throws Exception {
        var headers = key == null ? Map.<String, String>of() : Map.of("Idempotency-Key", "\"" + key + "\"");
        return text(send("INTAKE", "POST", "/v1/erasure-requests", body(parts), headers), "id");
    }

    private void await(String request, String state) throws InterruptedException {
        Patiently.until(
                state, () -> text(get("PRIVACY_OFFICER", "/v1/erasure-requests/" + request), "state"), state::equals);
    }

    private static String text(String answer, String field) {
        JsonNode found = JSON.readTree(answer).get(field);
        assertThat(found).as(answer).isNotNull();
        return found.asString();
    }

    private String post(String role, String path, Object body) throws IOException, InterruptedException {
        return send(role, "POST", path, JSON.writeValueAsString(body), Map.of());
    }

    private String put(String path, String body) throws IOException, InterruptedException {
        return send("ENGINEER", "PUT", path, body, Map.of("Content-Type", "application/octet-stream"));
    }

    private String get(String role, String path) throws IOException, InterruptedException {
        return send(role, "GET", path, null, Map.of());
    }

    private String send(String role, String method, String path, String body, Map<String, String> headers)
            throws IOException, InterruptedException {
        var all =
                new HashMap<>(Map.of("Content-Type", "application/json", "Authorization", "Bearer " + keys.get(role)));
        all.putAll(headers);
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path.replace("\0", "%00")))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        all.forEach(request::header);
        var answer = http.send(request.build(), BodyHandlers.ofString());
        var whole = answer.headers().map() + "\n" + answer.body();
        // a caller's own name for its request is given back to it, and in OpenDSR all that it sent
        var shown = whole.replaceAll("\"externalId\":\"[^\"]*\"", "").replaceAll("\"encoded_request\":\"[^\"]*\"", "");
        for (var form : marks.in(shown.getBytes(UTF_8))) {
            answers.add(method + " " + path.replaceAll("\\?.*", "") + " " + answer.statusCode() + " " + form + ": "
                    + shown);
        }
        return answer.body();
    }
}
