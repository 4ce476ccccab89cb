package io.expunge;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.util.FileSystemUtils;

/**
 * The PostgreSQL 18 that a service without a configured database brings along, kept under one directory: {@code data}
 * is the cluster, {@code binaries} the unpacked server, {@code password} its only password (readable by the owner
 * alone), {@code server.log} its log, {@code port} where it listens from start to start.
 *
 * <p>Exactly one process may use the directory. A server left behind by a killed process is stopped before a new one is
 * started, and a server that dies under a living process is started again on the same port.
 */
final class EmbeddedDatabase implements JdbcConnectionDetails, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EmbeddedDatabase.class);
    private static final String USER = "postgres";
    private static final String DATABASE = "expunge";
    private static final String VERSION = "18";
    private static final Duration RECOVERY = Duration.ofMinutes(2);

    private final Path home;
    private final Path cluster;
    private final FileChannel lock;
    private final String password;
    private final EmbeddedPostgres first;
    private volatile @Nullable EmbeddedPostgres server;
    private volatile boolean closing;

    private EmbeddedDatabase(Path home, FileChannel lock) throws IOException {
        this.home = home;
        this.cluster = home.resolve("data");
        this.lock = lock;
        refuseOtherVersions();
        Postmaster.stopLeftover(cluster);
        var unfinished = home.resolve("initialising");
        if (Files.exists(unfinished)) {
            FileSystemUtils.deleteRecursively(cluster);
        }
        var fresh = !Files.exists(cluster.resolve("PG_VERSION"));
        if (fresh) {
            Files.writeString(unfinished, "");
        }
        this.password = SecretFile.read(home.resolve("password"), fresh);
        this.first = launch(EarlierPort.of(home));
        EarlierPort.keep(home, first.getPort());
        this.server = first;
        createDatabase();
        Files.deleteIfExists(unfinished);
        superviseFrom(first);
    }

    /** Starts the server of {@code home}, which is made when it does not exist. */
    static EmbeddedDatabase start(Path home) {
        try {
            var absolute = home.toAbsolutePath().normalize();
            Files.createDirectories(absolute);
            Files.setPosixFilePermissions(absolute, PosixFilePermissions.fromString("rwx------"));
            var lock = lock(absolute);
            try {
                return new EmbeddedDatabase(absolute, lock);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep a database in " + home + ": " + e.getMessage(), e);
        }
    }

    private static FileChannel lock(Path home) throws IOException {
        var channel = FileChannel.open(home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            log.debug("{} is locked by this process", home, e);
        }
        channel.close();
        throw new IllegalStateException(
                "another process uses the embedded database in " + home
                        + "; processes that work together need spring.datasource.url, independent ones an expunge.data-directory each");
    }

    private void refuseOtherVersions() throws IOException {
        var file = cluster.resolve("PG_VERSION");
        if (Files.exists(file) && !Files.readString(file).strip().equals(VERSION)) {
            throw new IllegalStateException(
                    "%s was made by PostgreSQL %s and this release brings PostgreSQL %s; move it over with pg_upgrade or pg_dumpall"
                            .formatted(cluster, Files.readString(file).strip(), VERSION));
        }
    }

    private EmbeddedPostgres launch(int port) throws IOException {
        if (USER_IS_ROOT && !LinuxUtils.isUnshareAvailable()) {
            throw new IllegalStateException(
                    "PostgreSQL does not run as root and this machine allows no user namespaces; run as another user or set spring.datasource.url");
        }
        var output = Redirect.appendTo(home.resolve("server.log").toFile());
        try {
            return EmbeddedPostgres.builder()
                    .setOverrideWorkingDirectory(home.resolve("binaries").toFile())
                    .setDataDirectory(cluster)
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false) // it would stop the server while running work still checkpoints
                    .setPort(port)
                    .setLocaleConfig("auth", "scram-sha-256")
                    .setLocaleConfig("pwfile", home.resolve("password").toString())
                    .setLocaleConfig("locale", "C.UTF-8")
                    .setConnectConfig("password", password)
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("unix_socket_directories", "")
                    .setServerConfig("log_error_verbosity", "terse") // details and statements hold values
                    .setServerConfig("log_min_error_statement", "panic")
                    .setErrorRedirector(output)
                    .setOutputRedirector(output)
                    .setPGStartupWait(RECOVERY)
                    .start();
        } catch (IOException | RuntimeException e) {
            Postmaster.stopLeftover(cluster);
            throw new IllegalStateException(
                    "the embedded PostgreSQL does not start (" + e.getMessage() + "); " + home.resolve("server.log")
                            + " may say why",
                    e);
        }
    }

    private static final boolean USER_IS_ROOT = "root".equals(System.getProperty("user.name"));

    private void createDatabase() {
        try (var connection = DriverManager.getConnection(url("postgres"), USER, password);
                var statement = connection.createStatement();
                var found = statement.executeQuery("select from pg_database where datname = '" + DATABASE + "'")) {
            if (!found.next()) {
                statement.execute("create database " + DATABASE);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("cannot create the database in " + home, e);
        }
    }

    private void superviseFrom(EmbeddedPostgres running) {
        Postmaster.of(cluster)
                .ifPresent(process -> Thread.ofVirtual().start(() -> {
                    process.onExit().join();
                    restart(running);
                }));
    }

    private synchronized void restart(EmbeddedPostgres dead) {
        if (closing) {
            return;
        }
        log.error("The embedded PostgreSQL has died and is started again");
        try {
            server = null;
            dead.close();
            var restarted = launch(dead.getPort());
            server = restarted;
            superviseFrom(restarted);
        } catch (IOException | RuntimeException e) {
            log.error("The embedded PostgreSQL stays down", e);
        }
    }

    private String url(String database) {
        return "jdbc:postgresql://localhost:%d/%s".formatted(first.getPort(), database);
    }

    @Override
    public String getJdbcUrl() {
        return url(DATABASE);
    }

    @Override
    public String getUsername() {
        return USER;
    }

    @Override
    public String getPassword() {
        return password;
    }

    @Override
    public void close() throws IOException {
        closing = true;
        synchronized (this) {
            var running = server;
            if (running != null) {
                running.close();
            }
            lock.close();
        }
    }
}
