package io.expunge;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * The PostgreSQL 18 of every integration test: a container where a Docker engine answers, else the embedded one.
 *
 * <p>A JVM starts one server, and every Spring context that imports this class gets an empty database on it, so that
 * workers of a cached context never take the tasks of another. The variable {@code EXPUNGE_TEST_DATABASE} ({@code
 * testcontainers} or {@code embedded}) forces one of the two.
 */
@TestConfiguration(proxyBeanMethods = false)
public class TestDatabase {

    private static final Logger log = LoggerFactory.getLogger(TestDatabase.class);
    private static final String IMAGE = "postgres:18";
    private static final AtomicInteger COUNT = new AtomicInteger();

    @Bean
    JdbcConnectionDetails testDatabaseConnection() {
        return create();
    }

    /** An empty database on this JVM's server, for tests without a Spring context. */
    public static JdbcConnectionDetails create() {
        return Holder.SERVER.createDatabase("expunge_" + COUNT.incrementAndGet());
    }

    private static final class Holder {
        static final Server SERVER = start();
    }

    private static Server start() {
        var wanted =
                System.getenv().getOrDefault("EXPUNGE_TEST_DATABASE", "any").toLowerCase(Locale.ROOT);
        return switch (wanted) {
            case "testcontainers" -> container();
            case "embedded" -> embedded();
            case "any" -> DockerClientFactory.instance().isDockerAvailable() ? containerElseEmbedded() : embedded();
            default -> throw new IllegalStateException("EXPUNGE_TEST_DATABASE must be testcontainers or embedded");
        };
    }

    private static Server containerElseEmbedded() {
        try {
            return container();
        } catch (RuntimeException e) {
            log.warn("A Docker engine answers but does not start {}", IMAGE, e);
            return embedded();
        }
    }

    @SuppressWarnings("resource") // lives as long as the JVM
    private static Server container() {
        var container = new PostgreSQLContainer(IMAGE)
                .withDatabaseName("postgres")
                .withCommand("postgres", "-c", "fsync=off", "-c", "max_connections=300");
        container.start();
        Runtime.getRuntime().addShutdownHook(new Thread(container::stop));
        return new Server(
                "Testcontainers " + IMAGE, container.getJdbcUrl(), container.getUsername(), container.getPassword());
    }

    @SuppressWarnings("resource") // stops itself when the JVM ends
    private static Server embedded() {
        try {
            var postgres = EmbeddedPostgres.builder()
                    .setOverrideWorkingDirectory(new File("target/postgres"))
                    .setDataDirectory(new File(
                            "target/postgres/data-" + ProcessHandle.current().pid()))
                    .setServerConfig("synchronous_commit", "on")
                    .setPGStartupWait(Duration.ofMinutes(1))
                    .start();
            return new Server(
                    "embedded PostgreSQL", postgres.getJdbcUrl("postgres", "postgres"), "postgres", "postgres");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Server(String kind, String url, String user, String password) {

        Server {
            var line = "Integration tests use " + kind + " at " + url.replaceAll("[?&].*", "");
            System.out.writeBytes((line + System.lineSeparator()).getBytes(UTF_8));
            System.out.flush();
        }

        JdbcConnectionDetails createDatabase(String name) {
            try (var connection = DriverManager.getConnection(url, user, password);
                    var statement = connection.createStatement()) {
                statement.execute("create database " + name);
            } catch (SQLException e) {
                throw new IllegalStateException("cannot create " + name + " on " + kind, e);
            }
            return new Connection(url.replaceFirst("/postgres(\\?|$)", "/" + name + "$1"), user, password);
        }
    }

    private record Connection(String url, String user, String password) implements JdbcConnectionDetails {

        @Override
        public String getJdbcUrl() {
            return url;
        }

        @Override
        public @Nullable String getUsername() {
            return user;
        }

        @Override
        public @Nullable String getPassword() {
            return password;
        }
    }
}
