package io.expunge.run;

import io.expunge.engine.CheckpointWriter;
import io.expunge.engine.Monitor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches one attempt at a stage: a thread of its own stores progress and looks whether the run was cancelled or taken
 * over, so the thread that computes only reads a flag at every step.
 */
final class Watch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Watch.class);

    private final UUID run;
    private final int attempt;
    private final ProgressTable table;
    private final Path workspace;
    private final RunSettings settings;
    private final BooleanSupplier stopping;
    private final Thread thread;

    private volatile boolean closed;
    private volatile boolean cancelled;
    private volatile boolean lost;
    private volatile ProgressTable.Progress latest = new ProgressTable.Progress("starting", 0, 0, 0, 0, Double.NaN, 0);
    private ProgressTable.Progress stored = latest;
    private final Map<String, Curve> curves = new ConcurrentHashMap<>();
    private final Map<String, List<Curve.Point>> storedCurves = new HashMap<>();

    Watch(UUID run, int attempt, ProgressTable table, Path workspace, RunSettings settings, BooleanSupplier stopping) {
        this.run = run;
        this.attempt = attempt;
        this.table = table;
        this.workspace = workspace;
        this.settings = settings;
        this.stopping = stopping;
        this.thread = Thread.ofVirtual().name("watch-" + run).start(this::watch);
    }

    private void watch() {
        while (!closed) {
            try {
                var lease = table.lease(run, attempt);
                lost = !lease.held();
                cancelled = lease.cancelRequested();
                if (!lost) {
                    store();
                }
            } catch (RuntimeException e) {
                // the database may be away for a moment; the numbers go on and so does this
                log.warn(
                        "progress of run {} could not be stored: {}",
                        run,
                        e.getClass().getSimpleName());
            }
            pause();
        }
    }

    /** Stores how far the work is now, so that nobody sees a stage ended whose progress is still to come. */
    synchronized void store() {
        var now = latest;
        if (!now.equals(stored)) {
            table.write(run, attempt, now);
            stored = now;
        }
        curves.forEach((label, curve) -> {
            if (!storedCurves.containsKey(label)) {
                curve.precede(table.curves(run).getOrDefault(label, List.of()));
            }
            var points = curve.points();
            if (!points.equals(storedCurves.put(label, points))) {
                table.write(run, attempt, label, points);
            }
        });
    }

    private void pause() {
        try {
            Thread.sleep(settings.progress());
        } catch (InterruptedException e) {
            closed = true;
            Thread.currentThread().interrupt();
        }
    }

    boolean cancelled() {
        return cancelled;
    }

    boolean lost() {
        return lost;
    }

    Monitor monitor(String name) {
        return new StageMonitor(workspace.resolve(name + ".checkpoint"));
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class StageMonitor implements Monitor {

        private final Path file;
        private long first = -1;
        private long began;
        private long lastCheckpoint = System.nanoTime();
        private long tokens;
        private Map<String, Double> terms = Map.of();

        StageMonitor(Path file) {
            this.file = file;
        }

        @Override
        public void read(long tokensOfStep, Map<String, Double> termsOfStep) {
            tokens += tokensOfStep;
            terms = termsOfStep;
        }

        @Override
        public void progress(String stage, long done, long total, double loss) {
            long now = System.nanoTime();
            if (first < 0 || done <= first) {
                first = done;
                began = now;
                tokens = 0;
            }
            double seconds = (now - began) / 1e9;
            double rate = seconds > 0 ? (done - first) / seconds : 0;
            latest = new ProgressTable.Progress(
                    stage,
                    done,
                    total,
                    rate,
                    rate > 0 ? (total - done) / rate : 0,
                    loss,
                    seconds > 0 ? tokens / seconds : 0);
            int comma = stage.indexOf(','); // behind it stands how far a descent has come
            if (comma >= 0 && Double.isFinite(loss)) {
                curves.computeIfAbsent(stage.substring(0, comma), label -> new Curve())
                        .add(new Curve.Point(done, loss, terms));
            }
        }

        @Override
        public boolean stopRequested() {
            return cancelled || lost || stopping.getAsBoolean();
        }

        @Override
        public Optional<Path> resumeFrom() {
            return Files.exists(file) ? Optional.of(file) : Optional.empty();
        }

        @Override
        public void checkpoint(long step, CheckpointWriter writer) {
            long now = System.nanoTime();
            if (now - lastCheckpoint
                    >= TimeUnit.MILLISECONDS.toNanos(settings.checkpoint().toMillis())) {
                writer.write(file);
                lastCheckpoint = now;
            }
        }

        @Override
        public void lastCheckpoint(long step, CheckpointWriter writer) {
            if (!lost && !cancelled) {
                writer.write(file);
            }
        }
    }
}
