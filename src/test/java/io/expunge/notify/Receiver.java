package io.expunge.notify;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.ToIntFunction;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** An endpoint that keeps what comes and answers as it is told. */
final class Receiver implements AutoCloseable {

    /** @param status that it was answered with */
    record Got(String id, String timestamp, String signature, String body, int status) {

        /** Verified as the specification says, by code of its own. */
        boolean signedBy(String secret) {
            try {
                var mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(
                        Base64.getDecoder().decode(secret.substring("whsec_".length())), "HmacSHA256"));
                var expected = "v1,"
                        + Base64.getEncoder()
                                .encodeToString(mac.doFinal(
                                        (id + "." + timestamp + "." + body).getBytes(StandardCharsets.UTF_8)));
                return List.of(signature.split(" ")).contains(expected);
            } catch (java.security.GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private final HttpServer server;
    private final List<Got> got = new ArrayList<>();
    private final ToIntFunction<String> answers;

    /** @param answers a status for each body; -1 to hang up */
    Receiver(int port, ToIntFunction<String> answers) {
        this.answers = answers;
        try {
            this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::take);
        server.start();
    }

    private void take(HttpExchange exchange) throws IOException {
        var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        int status = answers.applyAsInt(body);
        var headers = exchange.getRequestHeaders();
        synchronized (got) {
            got.add(new Got(
                    headers.getFirst("webhook-id"),
                    headers.getFirst("webhook-timestamp"),
                    headers.getFirst("webhook-signature"),
                    body,
                    status));
        }
        if (status < 0) {
            exchange.close();
            return;
        }
        if (status / 100 == 3) {
            exchange.getResponseHeaders().add("Location", "http://169.254.169.254/latest/");
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    List<Got> got() {
        synchronized (got) {
            return List.copyOf(got);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    String url() {
        return "http://localhost:" + port() + "/hook";
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
