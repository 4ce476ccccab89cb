package io.expunge.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The public API as one key's holder calls it. */
final class Api {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final RestClient client;

    Api(String url, String key) {
        this.client = RestClient.builder()
                .baseUrl(url)
                .defaultHeader(HttpHeaders.AUTHORIZATION, "Bearer " + key)
                .defaultStatusHandler(HttpStatusCode::isError, (request, response) -> {
                    throw new IllegalStateException(
                            request.getMethod() + " " + request.getURI().getPath() + ": "
                                    + new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8));
                })
                .build();
    }

    JsonNode get(String path) {
        return read(client.get().uri(path).retrieve().body(String.class));
    }

    JsonNode post(String path, Map<String, ?> body) {
        return read(client.post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .body(JSON.writeValueAsString(body))
                .retrieve()
                .body(String.class));
    }

    JsonNode put(String path, Map<String, ?> body) {
        return read(client.put()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .body(JSON.writeValueAsString(body))
                .retrieve()
                .body(String.class));
    }

    JsonNode upload(String path, String body) {
        return read(client.put()
                .uri(path)
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .body(new ByteArrayResource(body.getBytes(StandardCharsets.UTF_8)))
                .retrieve()
                .body(String.class));
    }

    /** What {@code read} makes of the bytes at {@code path}, while they come in. */
    <T> T download(String path, Reading<T> read) {
        return java.util.Objects.requireNonNull(client.get().uri(path).exchange((request, response) -> {
            if (response.getStatusCode().isError()) {
                throw new IllegalStateException("GET " + path + ": " + response.getStatusCode());
            }
            return read.of(response.getBody());
        }));
    }

    /** Makes something of bytes. */
    interface Reading<T> {
        T of(InputStream bytes) throws IOException;
    }

    private static JsonNode read(@org.jspecify.annotations.Nullable String body) {
        return JSON.readTree(body == null ? "{}" : body);
    }
}
