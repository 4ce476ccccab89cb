package io.expunge;

import io.expunge.AcceptanceClient.Caller;
import io.expunge.Filing.Refused;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** Files one erasure request after another and sends each again under its key until it is acknowledged. */
final class CarefulClient implements AutoCloseable {

    /** When its requests were submitted, which those of nobody else were. */
    static final String SUBMITTED = "2026-01-05T10:00:00Z";

    private static final String PREFIX = "drill-";

    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Filing filing = new Filing(Duration.ofSeconds(10));
    private final Caller caller;
    private final Map<String, String> acknowledged = new ConcurrentSkipListMap<>();
    private final Map<String, Long> setbacks = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean closed;

    CarefulClient(Caller caller) {
        this.caller = caller;
        this.thread = Thread.ofVirtual().name("careful-client").start(this::file);
    }

    /** External number of each acknowledged request → the id that the service gave it. */
    Map<String, String> acknowledged() {
        return acknowledged;
    }

    /** How often something else than an acknowledgement came, by what it was. */
    Map<String, Long> setbacks() {
        return setbacks;
    }

    private void file() {
        try {
            for (int number = 0; !closed; number++) {
                var name = PREFIX + number;
                var body = Map.of(
                        "regulation",
                        "ccpa",
                        "submittedAt",
                        SUBMITTED,
                        "externalId",
                        name,
                        "subjects",
                        List.of("stranger-" + number + "@example.org"));
                String id = null;
                while (id == null) {
                    id = sent(name, body);
                    Thread.sleep(PAUSE);
                }
                acknowledged.put(name, id);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String sent(String key, Map<String, ?> body) throws InterruptedException {
        try {
            return filing.post(caller, key, body);
        } catch (Refused e) {
            setbacks.merge(Integer.toString(e.status()), 1L, Long::sum);
        } catch (IOException e) {
            setbacks.merge("no answer", 1L, Long::sum);
        }
        return null;
    }

    /** Returns when the request in hand is acknowledged. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
