package io.expunge;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The packaged service as a process of its own, on the embedded database that it brings along. */
final class ServedJar {

    private static final Path JAR = Path.of("target/expunge.jar");
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Path home;
    private final int port;
    private final Process process;

    private ServedJar(Path home, int port, Process process) {
        this.home = home;
        this.port = port;
        this.process = process;
    }

    /** Starts {@code serve} as an API over {@code home} and returns when it is ready. */
    static ServedJar start(Path home, int port, String... jvm) throws IOException, InterruptedException {
        if (!Files.exists(JAR)) {
            throw new IllegalStateException(JAR + " is missing; ./mvnw package -DskipTests makes it");
        }
        Files.createDirectories(home);
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(jvm));
        command.addAll(List.of(
                "-jar",
                JAR.toString(),
                "serve",
                "--expunge.role=api",
                "--expunge.data-directory=" + home,
                "--server.port=" + port));
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        home.resolve("service.log").toFile()))
                .start();
        var served = new ServedJar(home, port, process);
        served.awaitReady();
        return served;
    }

    String url() {
        return "http://localhost:" + port;
    }

    Path adminKey() {
        return home.resolve("admin.key");
    }

    /** What {@code kill -9} does: nothing is flushed, closed or answered any more. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** {@code kill -9} of the database's postmaster, whose children then end by themselves. */
    void killDatabase() throws IOException {
        ProcessHandle.of(Long.parseLong(postmaster(0))).ifPresent(ProcessHandle::destroyForcibly);
    }

    void stop() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }

    Connection database() throws IOException, SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://localhost:" + postmaster(3) + "/expunge",
                "postgres",
                Files.readString(home.resolve("postgres/password")).strip());
    }

    private String postmaster(int line) throws IOException {
        return Files.readAllLines(home.resolve("postgres/data/postmaster.pid"))
                .get(line)
                .strip();
    }

    private void awaitReady() throws InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url() + "/actuator/health/readiness"))
                .build();
        var last = Instant.now().plus(PATIENCE);
        try (var http = HttpClient.newHttpClient()) {
            while (Instant.now().isBefore(last) && process.isAlive()) {
                try {
                    if (http.send(request, BodyHandlers.discarding()).statusCode() == 200) {
                        return;
                    }
                } catch (IOException e) {
                    // nobody listens yet
                }
                Thread.sleep(200);
            }
        }
        process.destroyForcibly();
        throw new IllegalStateException("the service did not become ready; see " + home.resolve("service.log"));
    }
}
