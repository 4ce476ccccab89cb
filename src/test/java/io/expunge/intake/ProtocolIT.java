package io.expunge.intake;

import io.expunge.HttpTest;
import io.expunge.evidence.WholePathIT;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** One service with the adapters of all protocols. */
@TestPropertySource(
        properties = {
            "expunge.opendsr.domain=dsr.example.com",
            "expunge.opendsr.identities=controller_customer_id/raw,email/sha256",
            "expunge.ketch.enabled=true",
            "expunge.ketch.identities=account_id/raw,email/md5",
            "expunge.ketch.regulations.eugdpr=gdpr",
            "expunge.fides.enabled=true",
            "expunge.fides.lead=3d",
            "expunge.transcend.audience=example",
            "expunge.transcend.api-key=the-api-key",
            "expunge.transcend.sombra-key=the-sombra-key",
            "expunge.notify.allow-http=true",
            "expunge.notify.allowed-networks=127.0.0.0/8,::1/128",
            "expunge.notify.retries=100ms,100ms,100ms"
        })
abstract class ProtocolIT extends HttpTest {

    /** Where Fides and Sombra are; both are called at addresses of the operator's, not of the caller's. */
    static final Receiver OTHERS = receiver();

    /** The key that Sombra signs with. */
    static final Sombra SOMBRA = new Sombra();

    @LocalServerPort
    int port;

    @Autowired
    JdbcClient jdbc;

    private final HttpClient client = HttpClient.newHttpClient();

    @DynamicPropertySource
    static void protocols(DynamicPropertyRegistry registry) throws Exception {
        var directory = Files.createTempDirectory(Files.createDirectories(Path.of("target/it")), "protocols");
        var made = Certificates.make(directory, "dsr.example.com", "RSA");
        registry.add("expunge.opendsr.certificate", () -> made.path("own.pem"));
        registry.add("expunge.opendsr.private-key", () -> made.path("own.key"));
        registry.add("expunge.fides.url", () -> OTHERS.root() + "/");
        registry.add("expunge.transcend.sombra-url", OTHERS::root);
        var key = Files.writeString(directory.resolve("sombra.pem"), SOMBRA.pem());
        registry.add("expunge.transcend.signing-keys", key::toString);
    }

    private static Receiver receiver() {
        try {
            return new Receiver(200);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the others were told at this path. */
    static List<Receiver.Told> toldAt(String path) {
        return OTHERS.got().stream().filter(one -> one.path().equals(path)).toList();
    }

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
