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
import java.util.Map;

/** A process of the packaged service: an API brings the embedded database along, a worker is told where it is. */
final class ServedJar {

    static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private static final Path JAR = Path.of("target/expunge.jar");
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Path home;
    private final int port;
    private final Path log;
    private final Process process;

    private ServedJar(Path home, int port, Path log, Process process) {
        this.home = home;
        this.port = port;
        this.log = log;
        this.process = process;
    }

    /** Starts {@code serve} as an API over {@code home} and returns when it is ready. */
    static ServedJar start(Path home, int port, String... jvm) throws IOException, InterruptedException {
        var arguments = new ArrayList<>(List.of(jvm));
        arguments.addAll(List.of("-jar", jar().toString()));
        var served = launch(arguments, "api", home, port, List.of(), Map.of());
        served.awaitReady();
        return served;
    }

    /** Starts {@code serve} in {@code role} over {@code home}; returns at once. */
    static ServedJar launch(String role, Path home, int port, List<String> settings, Map<String, String> environment)
            throws IOException, InterruptedException {
        return launch(QuickStart.command(jar()), role, home, port, settings, environment);
    }

    private static Path jar() {
        if (!Files.exists(JAR)) {
            throw new IllegalStateException(JAR + " is missing; ./mvnw package -DskipTests makes it");
        }
        return JAR;
    }

    /** @param jvm arguments of the JVM up to those of the service */
    static ServedJar launch(
            List<String> jvm, String role, Path home, int port, List<String> settings, Map<String, String> environment)
            throws IOException {
        Files.createDirectories(home);
        var command = new ArrayList<String>();
        command.add(JAVA);
        command.addAll(jvm);
        command.addAll(List.of(
                "serve", "--expunge.role=" + role, "--expunge.data-directory=" + home, "--server.port=" + port));
        command.addAll(settings);
        var log = home.resolve(role + "-" + port + ".log");
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        return new ServedJar(home, port, log, builder.start());
    }

    String url() {
        return "http://localhost:" + port;
    }

    Path adminKey() {
        return home.resolve("admin.key");
    }

    long pid() {
        return process.pid();
    }

    /** What {@code kill -9} does: nothing is flushed, closed or answered any more. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** {@code kill -9} of the database's postmaster, whose children then end by themselves. */
    void killDatabase() throws IOException {
        ProcessHandle.of(postmaster()).ifPresent(ProcessHandle::destroyForcibly);
    }

    void stop() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }

    /** Waits until the process has ended. */
    void awaitEnd() throws InterruptedException {
        process.waitFor();
    }

    /** The process id of the database's postmaster. */
    long postmaster() throws IOException {
        return Long.parseLong(postmaster(0));
    }

    String databaseUrl() throws IOException {
        return "jdbc:postgresql://localhost:" + postmaster(3) + "/expunge";
    }

    String databasePassword() throws IOException {
        return Files.readString(home.resolve("postgres/password")).strip();
    }

    Connection database() throws IOException, SQLException {
        return DriverManager.getConnection(databaseUrl(), "postgres", databasePassword());
    }

    private String postmaster(int line) throws IOException {
        var lines = Files.readAllLines(home.resolve("postgres/data/postmaster.pid"));
        if (lines.size() <= line) {
            throw new IOException("the postmaster is about to write its file");
        }
        return lines.get(line).strip();
    }

    void awaitReady() throws InterruptedException {
        var last = Instant.now().plus(PATIENCE);
        while (Instant.now().isBefore(last) && process.isAlive()) {
            if (ready()) {
                return;
            }
            Thread.sleep(200);
        }
        process.destroyForcibly();
        throw new IllegalStateException("the service did not become ready; see " + log);
    }

    boolean ready() throws InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url() + "/actuator/health/readiness"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return HTTP.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false; // nobody listens yet
        }
    }
}
