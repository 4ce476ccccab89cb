package io.expunge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Speaks to a running service as any client would: JSON, files and a bearer key. */
final class AcceptanceClient {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;

    AcceptanceClient(String url) {
        this.url = url;
    }

    Caller withKeyIn(Path file) {
        try {
            return new Caller(Files.readString(file).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One key. */
    final class Caller {

        private final String secret;

        private Caller(String secret) {
            this.secret = secret;
        }

        /** A fresh key in this role. */
        Caller create(String role) {
            var body = Map.of("name", "acceptance " + role, "roles", List.of(role));
            return new Caller(post("/v1/api-keys", body, 201).get("secret").asString());
        }

        JsonNode get(String path) {
            return send("GET", path, BodyPublishers.noBody(), "application/json", 200);
        }

        JsonNode post(String path, Object body, int expected) {
            return send("POST", path, json(body), "application/json", expected);
        }

        JsonNode put(String path, Object body) {
            return send("PUT", path, json(body), "application/json", 200);
        }

        void delete(String path) {
            send("DELETE", path, BodyPublishers.noBody(), "application/json", 204);
        }

        JsonNode upload(String path, Path file) {
            try {
                return send("PUT", path, BodyPublishers.ofFile(file), "application/octet-stream", 200);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** A request that carries this key. */
        HttpRequest.Builder request(String path) {
            return HttpRequest.newBuilder(URI.create(url + path)).header("Authorization", "Bearer " + secret);
        }

        private static BodyPublisher json(Object body) {
            return BodyPublishers.ofString(JSON.writeValueAsString(body));
        }

        private JsonNode send(String method, String path, BodyPublisher body, String type, int expected) {
            var request = request(path)
                    .header("Content-Type", type)
                    .method(method, body)
                    .build();
            try {
                var answer = http.send(request, BodyHandlers.ofString());
                assertThat(answer.statusCode())
                        .as(method + " " + path + ": " + answer.body())
                        .isEqualTo(expected);
                return JSON.readTree(answer.body());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }
}
