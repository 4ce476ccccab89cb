package io.expunge;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.intake.Others;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The whole service on a real port and a real database; tests speak HTTP to it. All have the same settings, since a service
 * of its own for every few tests takes longer than the tests.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@Import(TestDatabase.class)
@TestPropertySource(
        properties = {
            "expunge.run.back-off=100ms",
            "expunge.ensemble.disk-budget=200MB",
            "expunge.attribution.fewest-members=40",
            "expunge.attribution.largest-share=0.3",
            "expunge.notify.allow-http=true",
            "expunge.notify.allowed-networks=127.0.0.0/8,::1/128",
            "expunge.notify.retries=100ms,100ms,100ms",
            "expunge.opendsr.domain=dsr.example.com",
            "expunge.opendsr.identities=controller_customer_id/raw,email/sha256",
            "expunge.ketch.enabled=true",
            "expunge.ketch.identities=account_id/raw,email/md5",
            "expunge.ketch.regulations.eugdpr=gdpr",
            "expunge.fides.enabled=true",
            "expunge.fides.lead=3d",
            "expunge.transcend.audience=example",
            "expunge.transcend.api-key=the-api-key",
            "expunge.transcend.sombra-key=the-sombra-key"
        })
public abstract class HttpTest {

    protected static final JsonMapper JSON = JsonMapper.builder().build();

    /** One for all keys: each would bring a thread and connections of its own. */
    private static final ClientHttpRequestFactory CONNECTIONS = new JdkClientHttpRequestFactory();

    @LocalServerPort
    private int port;

    @Autowired
    private Environment environment;

    @DynamicPropertySource
    static void ownDirectory(DynamicPropertyRegistry registry) throws Exception {
        var directory = Files.createTempDirectory(Files.createDirectories(Path.of("target/it")), "data");
        registry.add("expunge.data-directory", directory::toString);
        // who is held out follows from pseudonyms: with these, the same people in every run of the tests
        Files.writeString(directory.resolve("pseudonym.key"), "2026-01-01 " + "5a".repeat(32) + "\n");
        // tests sign in often; the cost of a guess is none of their concern
        registry.add("expunge.access.password-cost", () -> "4");
        registry.add("expunge.access.controller-id", () -> "00000000-0000-7000-8000-000000000001");
        Others.introduce(registry, directory);
    }

    protected String url() {
        return "http://localhost:" + port;
    }

    protected Path dataDirectory() {
        return Path.of(environment.getRequiredProperty("expunge.data-directory"));
    }

    protected Caller admin() {
        try {
            return new Caller(
                    Files.readString(dataDirectory().resolve("admin.key")).strip());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** A fresh key of the first controller in these roles. */
    protected Caller as(String... roles) {
        var made = admin().post("/v1/api-keys", Map.of("name", "test", "roles", List.of(roles)));
        assertThat(made.status()).isEqualTo(201);
        return new Caller(made.body().get("secret").asString());
    }

    /** A key in these roles of another controller. */
    protected Caller ofAnotherController(String... roles) {
        var name = "other " + UUID.randomUUID();
        var other = new Caller(admin().post("/v1/controllers", Map.of("name", name, "timeZone", "Europe/Berlin"))
                .body()
                .get("secret")
                .asString());
        var made = other.post("/v1/api-keys", Map.of("name", "test", "roles", List.of(roles)));
        return new Caller(made.body().get("secret").asString());
    }

    protected Caller with(String secret) {
        return new Caller(secret);
    }

    protected Caller nobody() {
        return new Caller(null);
    }

    /** What came back. */
    public record Answer(int status, HttpHeaders headers, JsonNode body) {

        public String text(String field) {
            return body.get(field).asString();
        }

        /** The answer, which must have this status. */
        public Answer with(int expected) {
            assertThat(status).as(() -> String.valueOf(body)).isEqualTo(expected);
            return this;
        }
    }

    /** Speaks HTTP with one key. */
    public final class Caller {

        private final RestClient client;
        private final String secret;

        private Caller(String secret) {
            this.secret = secret;
            var builder = RestClient.builder().requestFactory(CONNECTIONS).baseUrl("http://localhost:" + port);
            this.client =
                    (secret == null ? builder : builder.defaultHeader("Authorization", "Bearer " + secret)).build();
        }

        /** The Authorization header of this key, for tests that speak HTTP by hand. */
        public String authorization() {
            return "Bearer " + secret;
        }

        public Answer get(String path) {
            return exchange(HttpMethod.GET, path, null, null, Map.of());
        }

        public Answer delete(String path) {
            return exchange(HttpMethod.DELETE, path, null, null, Map.of());
        }

        public Answer post(String path, Object body) {
            return post(path, body, Map.of());
        }

        public Answer post(String path, Object body, Map<String, String> headers) {
            return exchange(
                    HttpMethod.POST,
                    path,
                    body instanceof String text ? text : JSON.writeValueAsString(body),
                    MediaType.APPLICATION_JSON,
                    headers);
        }

        public Answer putJson(String path, Object body) {
            return exchange(HttpMethod.PUT, path, JSON.writeValueAsString(body), MediaType.APPLICATION_JSON, Map.of());
        }

        public Answer putText(String path, String json) {
            return exchange(HttpMethod.PUT, path, json, MediaType.APPLICATION_JSON, Map.of());
        }

        public Answer put(String path, byte[] body) {
            return exchange(
                    HttpMethod.PUT, path, new ByteArrayResource(body), MediaType.APPLICATION_OCTET_STREAM, Map.of());
        }

        public Answer putTar(String path, byte[] body) {
            return exchange(
                    HttpMethod.PUT,
                    path,
                    new ByteArrayResource(body),
                    MediaType.parseMediaType("application/x-tar"),
                    Map.of());
        }

        public byte[] download(String path) {
            return client.get().uri(path).retrieve().body(byte[].class);
        }

        private Answer exchange(
                HttpMethod method, String path, Object body, MediaType type, Map<String, String> headers) {
            var request = client.method(method).uri(path);
            headers.forEach(request::header);
            if (body != null) {
                request.contentType(type).body(body);
            }
            return request.exchange((sent, response) -> {
                var bytes = response.getBody().readAllBytes();
                var entity = ResponseEntity.status(response.getStatusCode()).build();
                return new Answer(
                        entity.getStatusCode().value(),
                        response.getHeaders(),
                        bytes.length == 0 ? JSON.createObjectNode() : JSON.readTree(bytes));
            });
        }
    }
}
