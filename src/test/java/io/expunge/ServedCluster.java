package io.expunge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.util.FileSystemUtils;

/**
 * An API on its embedded PostgreSQL and some workers beside it, each a process of the packaged service. Whoever ends is
 * started again at once, as an init system would.
 */
final class ServedCluster implements AutoCloseable {

    /** Nobody signs in; what a guess of a password costs is not to be paid at every start. */
    private static final List<String> SETTINGS = List.of(
            "--expunge.run.heartbeat=1s",
            "--expunge.run.checkpoint=1s",
            "--expunge.run.back-off=1s",
            "--expunge.access.password-cost=4");

    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Path home;
    private final Member api;
    private final List<Member> workers = new ArrayList<>();
    private final DriverManagerDataSource database;
    private volatile boolean closed;

    private ServedCluster(Path home, int workers) throws IOException, InterruptedException {
        this.home = home;
        this.api = new Member("api", Map.of());
        this.database = Patiently.until("the database", this::connection, ServedCluster::answers);
        var environment = Map.of(
                "SPRING_DATASOURCE_URL", String.valueOf(database.getUrl()),
                "SPRING_DATASOURCE_USERNAME", "postgres",
                "SPRING_DATASOURCE_PASSWORD", String.valueOf(database.getPassword()));
        for (int i = 0; i < workers; i++) {
            this.workers.add(new Member("worker", environment));
        }
    }

    /** Returns when the API and all workers are ready; leaves no process behind if they don't become so. */
    static ServedCluster start(Path home, int workers) throws IOException, InterruptedException {
        var cluster = new ServedCluster(home, workers);
        boolean ready = false;
        try {
            cluster.api.running().awaitReady();
            for (var worker : cluster.workers) {
                worker.running().awaitReady();
            }
            ready = true;
            return cluster;
        } finally {
            if (!ready) {
                cluster.close();
            }
        }
    }

    /** Starts a cluster in {@code home}, uses it and stops it; what it left is deleted when all held. */
    static void use(Path home, int workers, Use use) throws Exception {
        var begun = Instant.now();
        try (var cluster = start(home, workers)) {
            System.out.println("an API and " + workers + " workers are ready after "
                    + Duration.between(begun, Instant.now()).toSeconds() + " s");
            use.of(cluster);
        }
        FileSystemUtils.deleteRecursively(home);
    }

    /** What is done with a cluster. */
    interface Use {
        void of(ServedCluster cluster) throws Exception;
    }

    Path home() {
        return home;
    }

    AcceptanceClient.Caller admin() {
        return new AcceptanceClient(api.running().url()).withKeyIn(api.running().adminKey());
    }

    JdbcClient database() {
        return JdbcClient.create(database);
    }

    private DriverManagerDataSource connection() throws IOException {
        return new DriverManagerDataSource(
                api.running().databaseUrl(), "postgres", api.running().databasePassword());
    }

    boolean databaseAnswers() {
        return answers(database);
    }

    private static boolean answers(DataSource database) {
        try (var connection = database.getConnection()) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    boolean ready() throws InterruptedException {
        return api.running().ready();
    }

    long killApi() throws InterruptedException {
        var running = api.running();
        running.kill();
        return running.pid();
    }

    long killDatabase() throws IOException {
        var pid = api.running().postmaster();
        api.running().killDatabase();
        return pid;
    }

    /** Kills the worker of this name if it lives; its process id, or 0. */
    long killWorker(String name) throws InterruptedException {
        for (var worker : workers) {
            var running = worker.running();
            if (name.startsWith(running.pid() + "@")) {
                running.kill();
                return running.pid();
            }
        }
        return 0;
    }

    /** Stops the last worker for good. */
    void endWorker() throws InterruptedException {
        workers.removeLast().end();
    }

    /** Kills all workers; the process id of the first. */
    long killWorkers() throws InterruptedException {
        long first = workers.getFirst().running().pid();
        for (var worker : workers) {
            worker.running().kill();
        }
        return first;
    }

    @Override
    public void close() {
        closed = true;
        try {
            for (var worker : workers) {
                worker.end();
            }
            api.end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static int freePort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One place that is always taken. */
    private final class Member {

        private final String role;
        private final Map<String, String> environment;
        private final int port = freePort();
        private final Thread supervisor;
        private volatile ServedJar running;
        private volatile boolean ended;

        Member(String role, Map<String, String> environment) throws IOException, InterruptedException {
            this.role = role;
            this.environment = environment;
            this.running = launch();
            this.supervisor =
                    Thread.ofPlatform().daemon().name(role + "-" + port).start(this::supervise);
        }

        private ServedJar launch() throws IOException, InterruptedException {
            return ServedJar.launch(role, home, port, SETTINGS, environment);
        }

        private void supervise() {
            try {
                do {
                    running.awaitEnd();
                    Thread.sleep(PAUSE);
                } while (startedAgain());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private synchronized boolean startedAgain() throws IOException, InterruptedException {
            boolean wanted = !closed && !ended;
            if (wanted) {
                running = launch();
            }
            return wanted;
        }

        ServedJar running() {
            return running;
        }

        void end() throws InterruptedException {
            synchronized (this) {
                ended = true;
                running.stop();
            }
            supervisor.join();
        }
    }
}
