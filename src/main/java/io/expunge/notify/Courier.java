package io.expunge.notify;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.JdkHttpClientBuilder;
import org.springframework.stereotype.Component;

/**
 * Calls what belongs to others: bounded in time, whatever is answered is not read, redirects are not followed, and no
 * address of our own network is reached unless a setting allows it.
 */
@Component
class Courier {

    private static final Logger log = LoggerFactory.getLogger(Courier.class);

    /** The process ends; it was no attempt. */
    static final String INTERRUPTED = "interrupted";

    private static final int SIDE_BY_SIDE = 32;
    private static final Duration LONGEST_PAUSE = Duration.ofHours(24);
    private static final double JITTER = 0.1;

    private final NotifySettings settings;
    private final HttpClient client;
    private final HttpClient trusting;

    Courier(Destinations destinations, NotifySettings settings) {
        this.settings = settings;
        var plain = HttpClientSettings.defaults()
                .withConnectTimeout(settings.timeout())
                .withRedirects(HttpRedirects.DONT_FOLLOW);
        this.client = new JdkHttpClientBuilder().build(plain.withInetAddressFilter(destinations.filter()));
        this.trusting = new JdkHttpClientBuilder().build(plain);
    }

    /**
     * What became of a call.
     *
     * @param status of HTTP; 0 if there was no answer
     * @param error what went wrong, in one word; empty if it was taken
     * @param asked how long the other side wants to be left alone
     */
    record Answer(int status, String error, Duration asked) {

        boolean taken() {
            return error.isEmpty();
        }
    }

    Answer post(String url, String body, Map<String, String> headers) {
        return send("POST", url, body, headers, false);
    }

    /** @param trusted whether the address is a setting of the operator's, so that it may be an internal one */
    Answer send(String method, String url, String body, Map<String, String> headers, boolean trusted) {
        try {
            return call(method, url, body, headers, trusted ? trusting : client);
        } catch (RuntimeException e) {
            // an address that is filtered or cannot be, a header that is none: its message may hold what is secret
            return new Answer(0, e.getClass().getSimpleName(), Duration.ZERO);
        }
    }

    private Answer call(String method, String url, String body, Map<String, String> headers, HttpClient by) {
        var request = HttpRequest.newBuilder(URI.create(url))
                .timeout(settings.timeout())
                .header("Content-Type", "application/json")
                .header("User-Agent", "Expunge")
                .method(method, BodyPublishers.ofString(body));
        headers.forEach(request::header);
        try {
            var answer = by.send(request.build(), BodyHandlers.ofInputStream());
            answer.body().close();
            int status = answer.statusCode();
            var seconds = answer.headers().firstValue("Retry-After").orElse("");
            return new Answer(
                    status,
                    switch (status / 100) {
                        case 2 -> "";
                        case 3 -> "redirect";
                        default -> "refused";
                    },
                    seconds.matches("[0-9]{1,6}") ? Duration.ofSeconds(Long.parseLong(seconds)) : Duration.ZERO);
        } catch (IOException e) {
            return new Answer(0, e.getClass().getSimpleName(), Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer(0, INTERRUPTED, Duration.ZERO);
        }
    }

    /**
     * When to try again.
     *
     * @param attempts failed ones before this
     * @return null if that was the last one
     */
    @Nullable Instant next(int attempts, Answer answer, Instant now) {
        if (attempts >= settings.retries().size()) {
            return null;
        }
        var pause = settings.retries().get(attempts);
        pause = answer.asked().compareTo(pause) > 0 ? answer.asked() : pause;
        pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        return now.plusMillis(Math.round(
                pause.toMillis() * (1 + JITTER * ThreadLocalRandom.current().nextDouble())));
    }

    /** Some at a time; returns when all are done. */
    <T> void each(List<T> all, Consumer<T> deliver) {
        var room = new Semaphore(SIDE_BY_SIDE);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var one : all) {
                room.acquireUninterruptibly();
                threads.execute(() -> {
                    try {
                        deliver.accept(one);
                    } catch (RuntimeException e) {
                        log.error(
                                "a delivery could not be settled: {}",
                                e.getClass().getName());
                    } finally {
                        room.release();
                    }
                });
            }
        }
    }
}
