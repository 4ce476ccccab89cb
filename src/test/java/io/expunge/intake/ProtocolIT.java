package io.expunge.intake;

import io.expunge.HttpTest;
import io.expunge.evidence.WholePathIT;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** One service with the adapters of all protocols. */
abstract class ProtocolIT extends HttpTest {

    @LocalServerPort
    int port;

    @Autowired
    JdbcClient jdbc;

    private final HttpClient client = HttpClient.newHttpClient();

    HttpResponse<byte[]> call(String verb, String path, Caller caller, Object body) throws Exception {
        return send(verb, path, caller, body == null ? new byte[0] : JSON.writeValueAsBytes(body), Map.of());
    }

    HttpResponse<byte[]> send(String verb, String path, Caller caller, byte[] body, Map<String, String> headers)
            throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .header("Content-Type", "application/json")
                .method(verb, BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        if (caller != null) {
            request.header("Authorization", caller.authorization());
        }
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    static JsonNode json(HttpResponse<byte[]> answer) {
        return JSON.readTree(answer.body());
    }

    /** A policy of the controller; one that is automatic begins runs by itself. */
    void policy(String name, boolean automatic) {
        var policy = new HashMap<>(WholePathIT.policy(name, List.of(Map.of("name", "exact-retraining", "seed", 5))));
        policy.put("automatic", automatic);
        policy.put("references", 1);
        as("PRIVACY_OFFICER").putJson("/v1/policies/" + name, policy).with(200);
    }

    /** The run that waits for a decision on this model. */
    String awaitingApproval(String model) {
        return WholePathIT.await(
                        () -> as("PRIVACY_OFFICER")
                                .get("/v1/runs?modelId=" + model)
                                .body(),
                        body -> body.get("items")
                                .valueStream()
                                .anyMatch(one -> one.get("state").asString().equals("awaiting_approval")))
                .get("items")
                .get(0)
                .get("id")
                .asString();
    }

    /** Approves what waits for it until this is so; who asks later may be served by a run of their own. */
    void approveUntil(String model, BooleanSupplier good) {
        Awaitility.await().atMost(Duration.ofSeconds(120)).until(() -> {
            as("PRIVACY_OFFICER")
                    .get("/v1/runs?state=awaiting_approval&modelId=" + model)
                    .with(200)
                    .body()
                    .get("items")
                    .valueStream()
                    .forEach(run -> approve(run.get("id").asString()));
            return good.getAsBoolean();
        });
    }

    void approve(String run) {
        as("PRIVACY_OFFICER")
                .post("/v1/runs/" + run + "/approve", Map.of("reason", "the evidence holds"))
                .with(202);
    }

    /** So many that not all of them are held out. */
    static List<String> twelve(String prefix) {
        return IntStream.range(0, 12).mapToObj(i -> prefix + i).toList();
    }

    static void until(BooleanSupplier good) {
        Awaitility.await().atMost(Duration.ofSeconds(120)).until(good::getAsBoolean);
    }
}
