package io.expunge.run;

import io.expunge.api.Run;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Streams a run as server-sent events, from the database, so it does not matter which process works on the run. The
 * request's virtual thread does nothing else meanwhile.
 */
@Component
class RunEvents implements SmartLifecycle {

    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final int QUIET_ROUNDS = 20;

    private final RunPresenter presenter;
    private final JsonMapper json;

    private volatile boolean running;

    RunEvents(RunPresenter presenter, JsonMapper json) {
        this.presenter = presenter;
        this.json = json;
    }

    /** Writes an event for every change until the run has ended, the caller goes away or the process stops. */
    void stream(UUID id, @Nullable String lastEventId, HttpServletResponse response) throws IOException {
        var run = presenter.present(id);
        response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Accel-Buffering", "no");
        var out = response.getOutputStream();
        var last = lastEventId == null ? "" : lastEventId;
        for (int quiet = 0; running; quiet++) {
            var data = json.writeValueAsString(run);
            var event = id(data);
            if (!event.equals(last)) {
                out.write(("id: " + event + "\nevent: run\ndata: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
                last = event;
                quiet = 0;
            } else if (quiet >= QUIET_ROUNDS) {
                out.write(": still here\n\n".getBytes(StandardCharsets.UTF_8));
                out.flush();
                quiet = 0;
            }
            if (ended(run)) {
                return;
            }
            pause();
            run = presenter.present(id);
        }
    }

    private static boolean ended(Run run) {
        return run.getEndedAt() != null;
    }

    private static String id(String data) {
        var crc = new CRC32();
        crc.update(data.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(crc.getValue());
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            running = false;
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void start() {
        running = true;
    }

    /** Streams end first, so that a graceful shutdown need not wait for them. */
    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }
}
