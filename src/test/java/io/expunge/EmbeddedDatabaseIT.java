package io.expunge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedDatabaseIT {

    @TempDir
    Path home;

    /** Started in a JVM of its own: opens the database, writes one row and waits to be killed. */
    public static final class Victim {
        public static void main(String[] arguments) throws Exception {
            var database = EmbeddedDatabase.start(Path.of(arguments[0]));
            try (var connection = connect(database);
                    var statement = connection.createStatement()) {
                statement.execute("create table kept (id int)");
                statement.execute("insert into kept values (42)");
            }
            System.out.writeBytes("ready\n".getBytes(UTF_8));
            System.out.flush();
            Thread.sleep(Duration.ofMinutes(1));
        }
    }

    @Test
    void aKilledProcessLosesNothingAndTheNextStartTakesSeconds() throws Exception {
        unpackedBefore();
        var victim = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        home.toString())
                .redirectErrorStream(true)
                .start();
        try (var output = victim.inputReader()) {
            assertThat(output.lines().takeWhile(line -> !line.equals("ready")).toList())
                    .doesNotContain("Exception");
        }
        assertThat(Postmaster.of(home.resolve("data"))).isPresent();
        victim.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        assertThat(Postmaster.of(home.resolve("data"))).as("the orphan").isPresent();

        var begin = Instant.now();
        try (var database = EmbeddedDatabase.start(home)) {
            assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(20));
            assertThat(query(database, "select id from kept")).isEqualTo("42");
        }
        assertThat(Postmaster.of(home.resolve("data"))).isEmpty();
    }

    @Test
    void isDurableAndAsksForAPassword() throws Exception {
        try (var database = start()) {
            assertThat(query(database, "show synchronous_commit")).isEqualTo("on");
            assertThat(query(database, "show fsync")).isEqualTo("on");
            assertThat(query(database, "show full_page_writes")).isEqualTo("on");
            assertThat(query(database, "show server_version")).startsWith("18");
            assertThatThrownBy(() -> DriverManager.getConnection(database.getJdbcUrl(), "postgres", "wrong"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("password"))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void refusesASecondProcessAndAnotherMajorVersion() throws Exception {
        try (var database = start()) {
            assertThatThrownBy(() -> EmbeddedDatabase.start(home))
                    .hasMessageContaining("another process uses the embedded database")
                    .hasMessageContaining("spring.datasource.url");
            assertThat(query(database, "select 1")).isEqualTo("1");
        }
        Files.writeString(home.resolve("data/PG_VERSION"), "17\n");
        assertThatThrownBy(() -> EmbeddedDatabase.start(home)).hasMessageContaining("was made by PostgreSQL 17");
    }

    @Test
    void startsAgainOnTheSamePortWhenItsServerIsKilled() throws Exception {
        try (var database = start()) {
            try (var connection = connect(database);
                    var statement = connection.createStatement()) {
                statement.execute("create table kept as select 42 as id");
            }
            var killed = Postmaster.of(home.resolve("data")).orElseThrow();
            killed.destroyForcibly();
            killed.onExit().get(10, TimeUnit.SECONDS);
            assertThat(eventually(database)).isEqualTo("42");
        }
    }

    @Test
    void keepsItsPortFromStartToStartUnlessAnotherTookIt() throws Exception {
        String url;
        int port;
        try (var database = start()) {
            url = database.getJdbcUrl();
            port = URI.create(url.substring("jdbc:".length())).getPort();
        }
        try (var database = EmbeddedDatabase.start(home)) {
            assertThat(database.getJdbcUrl()).isEqualTo(url);
        }
        try (var other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                var database = EmbeddedDatabase.start(home)) {
            assertThat(other.isBound()).isTrue();
            assertThat(database.getJdbcUrl()).isNotEqualTo(url);
            assertThat(query(database, "select 1")).isEqualTo("1");
        }
        Files.writeString(home.resolve("port"), "99999\n");
        try (var database = EmbeddedDatabase.start(home)) {
            assertThat(query(database, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void aStaleProcessFileOfAnotherProgramIsNotObeyed() throws Exception {
        start().close();
        var other = new ProcessBuilder("sleep", "60").start();
        try {
            Files.writeString(home.resolve("data/postmaster.pid"), other.pid() + "\n/elsewhere\n");
            try (var database = EmbeddedDatabase.start(home)) {
                assertThat(query(database, "select 1")).isEqualTo("1");
            }
            assertThat(other.isAlive()).isTrue();
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void aFirstStartThatWasCutShortIsBegunAnew() throws Exception {
        unpackedBefore();
        Files.createDirectories(home.resolve("data/base"));
        Files.writeString(home.resolve("data/postgresql.conf"), "");
        Files.writeString(home.resolve("initialising"), "");
        try (var database = EmbeddedDatabase.start(home)) {
            assertThat(query(database, "select 1")).isEqualTo("1");
        }
        assertThat(home.resolve("initialising")).doesNotExist();
    }

    private EmbeddedDatabase start() throws IOException {
        unpackedBefore();
        return EmbeddedDatabase.start(home);
    }

    /** Saves each test the unpacking of the server's binaries. */
    private void unpackedBefore() throws IOException {
        var shared = Path.of("target/postgres").toAbsolutePath();
        Files.createDirectories(shared);
        Files.createSymbolicLink(home.resolve("binaries"), shared);
    }

    private static String eventually(EmbeddedDatabase database) throws Exception {
        for (var deadline = Instant.now().plusSeconds(30); ; Thread.sleep(100)) {
            try {
                return query(database, "select id from kept");
            } catch (SQLException e) {
                if (Instant.now().isAfter(deadline)) {
                    throw e;
                }
            }
        }
    }

    private static String query(EmbeddedDatabase database, String sql) throws SQLException {
        try (var connection = connect(database);
                var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }

    private static Connection connect(EmbeddedDatabase database) throws SQLException {
        return DriverManager.getConnection(database.getJdbcUrl(), database.getUsername(), database.getPassword());
    }
}
