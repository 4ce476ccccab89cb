package io.expunge;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.catalog.Pseudonyms;
import io.expunge.catalog.SubjectIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * Ten million records of five million people through the upload of a table, on the durable embedded database, then the
 * resolution of single people. Not part of {@code verify}: {@code ./mvnw test -Dtest=SubjectIndexLoad}, which runs in a
 * heap of 1 GiB, the service included.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class SubjectIndexLoad {

    private static final int RECORDS = Integer.getInteger("expunge.load.records", 10_000_000);
    private static final int PEOPLE = RECORDS / 2;
    private static final int WARM_UP = 2_000;
    private static final int RESOLUTIONS = 20_000;
    private static final Path HOME =
            Path.of("target/load/subjects-" + ProcessHandle.current().pid()).toAbsolutePath();

    @LocalServerPort
    private int port;

    @Autowired
    private SubjectIndex index;

    @Autowired
    private Pseudonyms pseudonyms;

    @Autowired
    private JdbcClient jdbc;

    @DynamicPropertySource
    static void ownDirectory(DynamicPropertyRegistry registry) {
        registry.add("expunge.data-directory", HOME::toString);
        registry.add("expunge.role", () -> "api");
    }

    @Test
    void tenMillionRecordsAreIndexedAndFound() throws IOException {
        assertThat(setting("fsync") + setting("synchronous_commit") + setting("full_page_writes"))
                .isEqualTo("ononon");
        var client = new AcceptanceClient("http://localhost:" + port);
        var admin = client.withKeyIn(HOME.resolve("admin.key"));
        var engineer = admin.create("ENGINEER");
        var controller =
                UUID.fromString(admin.get("/v1/whoami").get("controllerId").asString());
        var columns = List.of(
                Map.of("name", "person", "kind", "subject"),
                Map.of("name", "amount", "kind", "numeric"),
                Map.of("name", "label", "kind", "label"));
        var dataset = engineer.post(
                        "/v1/datasets",
                        Map.of("name", "load", "format", Map.of("name", "csv", "header", false, "columns", columns)),
                        201)
                .get("id")
                .asString();
        var table = table();

        long start = System.nanoTime();
        var ready = engineer.upload("/v1/datasets/" + dataset + "/parts/rows", table);
        double seconds = (System.nanoTime() - start) / 1e9;
        print(
                "%d records of %d people, upload to durable index: %.1f s = %.0f a second",
                ready.get("records").asInt(), ready.get("subjects").asInt(), seconds, RECORDS / seconds);
        Files.delete(table);

        var took = resolve(controller);
        print(
                "%d resolutions of one person: p50 %.2f, p99 %.2f, p99.9 %.2f, max %.2f ms; heap limit %d MiB",
                took.length,
                at(took, 0.5),
                at(took, 0.99),
                at(took, 0.999),
                at(took, 1),
                Runtime.getRuntime().maxMemory() >> 20);
        assertThat(ready.get("records").asInt()).isEqualTo(RECORDS);
        assertThat(ready.get("subjects").asInt()).isEqualTo(PEOPLE);
        assertThat(Runtime.getRuntime().maxMemory()).isLessThanOrEqualTo(1L << 30);
        assertThat(at(took, 0.99)).isLessThan(5);
        assertThat(RECORDS / seconds).isGreaterThanOrEqualTo(100_000);
    }

    /** Every person has two records, far apart. */
    private static Path table() throws IOException {
        Files.createDirectories(HOME);
        var file = HOME.resolve("table.csv");
        try (var out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < RECORDS; i++) {
                out.write("person-" + i % PEOPLE + "@example.org," + i % 1_000 + "," + (i % 3 == 0 ? "yes" : "no")
                        + "\n");
            }
        }
        return file;
    }

    private long[] resolve(UUID controller) {
        var random = new Random(1);
        var took = new long[RESOLUTIONS];
        for (int i = -WARM_UP; i < RESOLUTIONS; i++) {
            int person = random.nextInt(PEOPLE);
            long start = System.nanoTime();
            var found = index.resolve(
                    controller,
                    List.of(pseudonyms.of(controller, "person-" + person + "@example.org")),
                    List.of(),
                    List.of());
            if (i >= 0) {
                took[i] = System.nanoTime() - start;
            }
            assertThat(found.records()).hasSize(2);
            assertThat(found.records().getFirst().ordinal()).isEqualTo(person);
        }
        Arrays.sort(took);
        return took;
    }

    private static double at(long[] sorted, double share) {
        return sorted[(int) Math.ceil(share * sorted.length) - 1] / 1e6;
    }

    private String setting(String name) {
        return jdbc.sql("show " + name).query(String.class).single();
    }

    private static void print(String text, Object... arguments) {
        System.out.println(String.format(Locale.ROOT, text, arguments));
    }
}
