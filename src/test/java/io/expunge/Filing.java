package io.expunge;

import io.expunge.AcceptanceClient.Caller;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import tools.jackson.databind.json.JsonMapper;

/** Files erasure requests from many threads and tells those that were acknowledged from all others. */
final class Filing {

    /** An answer that acknowledges nothing. */
    static final class Refused extends IOException {

        private static final long serialVersionUID = 1L;

        private final int status;

        Refused(int status) {
            super("answered " + status);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
    private final JsonMapper json = JsonMapper.builder().build();
    private final Duration patience;

    Filing(Duration patience) {
        this.patience = patience;
    }

    /** Files {@code body} under {@code key}; the id that it was acknowledged as. */
    String post(Caller caller, String key, Map<String, ?> body) throws IOException, InterruptedException {
        var request = caller.request("/v1/erasure-requests")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .timeout(patience)
                .POST(BodyPublishers.ofString(json.writeValueAsString(body)))
                .build();
        var answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != 202) {
            throw new Refused(answer.statusCode());
        }
        var location = answer.headers().firstValue("Location").orElseThrow();
        return location.substring(location.lastIndexOf('/') + 1);
    }
}
