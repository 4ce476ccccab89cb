package io.expunge;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.AcceptanceClient.Caller;
import io.expunge.OpenLoop.Acknowledged;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.util.FileSystemUtils;

/**
 * Erasure requests at a fixed rate against the packaged service, then {@code kill -9} in the middle of it: every request
 * that was acknowledged must be there afterwards. Not part of {@code verify}: {@code ./mvnw test -Dtest=IntakeLoad}.
 */
class IntakeLoad {

    private static final int RATE = Integer.getInteger("expunge.load.rate", 1_050);
    private static final Duration SPAN = Duration.ofSeconds(Integer.getInteger("expunge.load.seconds", 60));
    private static final Duration WARM_UP = Duration.ofSeconds(Integer.getInteger("expunge.load.warm-up", 40));
    private static final int PORT = Integer.getInteger("expunge.load.port", 19_100);
    private static final int REPEATED = 500;
    /** A heap as large as the machine allows would spend its time on fetching fresh pages. */
    private static final String HEAP = System.getProperty("expunge.load.heap", "-Xmx1g");

    private final Path home =
            Path.of("target/load/intake-" + ProcessHandle.current().pid()).toAbsolutePath();
    private final Filing filing = new Filing(Duration.ofSeconds(30));
    private final List<Acknowledged> acknowledged = new ArrayList<>();

    @Test
    void noAcknowledgedRequestIsLost() throws Exception {
        var service = ServedJar.start(home, PORT, HEAP.split(" "));
        try {
            print("%d cores, load average %.1f before; settings %s", cores(), load(), durability(service));
            var client = new AcceptanceClient(service.url());
            var admin = client.withKeyIn(service.adminKey());
            var intake = admin.create("INTAKE");
            var officer = admin.create("PRIVACY_OFFICER");
            var auditor = admin.create("AUDITOR");

            for (int step = 1; step <= 3; step++) {
                int rate = RATE * step / 4;
                var warm = OpenLoop.run(rate, WARM_UP.dividedBy(3), 1_000_000L * step, number -> post(intake, number));
                acknowledged.addAll(warm.acknowledged());
                print("warm-up at %d a second: %s", rate, warm);
            }
            var measured = OpenLoop.run(RATE, SPAN, 10_000_000, number -> post(intake, number));
            acknowledged.addAll(measured.acknowledged());
            print("measured: %s", measured);

            service = killUnderLoad(service, intake, 20_000_000, false);
            allThere(officer, intake);
            service = killUnderLoad(service, intake, 30_000_000, true);
            allThere(officer, intake);
            var chain = auditor.get("/v1/audit/verification");
            print("audit chain: %s", chain);
            assertThat(chain.get("whole").asBoolean()).isTrue();

            assertThat(measured.failures()).isEmpty();
            assertThat(measured.perSecond()).isGreaterThanOrEqualTo(1_000);
            assertThat(measured.percentile(0.99)).isLessThan(100);
        } finally {
            service.stop();
        }
        FileSystemUtils.deleteRecursively(home);
    }

    /** Kills the service, and its database if {@code both}, at a random moment of ten seconds' load; starts it again. */
    private ServedJar killUnderLoad(ServedJar service, Caller intake, long first, boolean both) throws Exception {
        long moment = 3_000 + new Random().nextInt(5_000);
        var killed = CompletableFuture.runAsync(
                () -> {
                    try {
                        if (both) {
                            service.killDatabase();
                        }
                        service.kill();
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                },
                CompletableFuture.delayedExecutor(moment, java.util.concurrent.TimeUnit.MILLISECONDS));
        var before = OpenLoop.run(RATE, Duration.ofSeconds(10), first, number -> post(intake, number));
        killed.join();
        acknowledged.addAll(before.acknowledged());
        print("kill -9 of %s after %d ms: %s", both ? "API and postmaster" : "API", moment, before);
        assertThat(before.failures()).as("the kill was under load").isNotEmpty();
        return ServedJar.start(home, PORT, HEAP.split(" "));
    }

    private void allThere(Caller officer, Caller intake) throws Exception {
        var stored = new HashSet<String>();
        for (var path = "/v1/erasure-requests?limit=500"; path != null; ) {
            var page = officer.get(path);
            page.get("items").forEach(item -> stored.add(item.get("id").asString()));
            path = page.has("next")
                    ? "/v1/erasure-requests?limit=500&cursor="
                            + page.get("next").asString()
                    : null;
        }
        long lost =
                acknowledged.stream().filter(one -> !stored.contains(one.id())).count();
        var ids = new HashSet<String>();
        acknowledged.forEach(one -> ids.add(one.id()));
        print("acknowledged %d, of these lost %d; stored %d", acknowledged.size(), lost, stored.size());
        assertThat(lost).isZero();
        assertThat(ids).as("no id was given twice").hasSameSizeAs(acknowledged);
        for (var one : sample(acknowledged)) {
            assertThat(post(intake, one.number())).as("the same key again").isEqualTo(one.id());
        }
    }

    private static List<Acknowledged> sample(Collection<Acknowledged> all) {
        var mixed = new ArrayList<>(all);
        Collections.shuffle(mixed);
        return mixed.subList(0, Math.min(REPEATED, mixed.size()));
    }

    private String post(Caller caller, long number) throws IOException, InterruptedException {
        var body = Map.of(
                "regulation",
                "gdpr",
                "submittedAt",
                "2026-01-05T10:00:00Z",
                "externalId",
                "case-" + number,
                "subjects",
                List.of("person-" + number + "@example.org"));
        return filing.post(caller, "load-" + number, body);
    }

    private static Map<String, String> durability(ServedJar service) throws IOException, SQLException {
        var settings = new TreeMap<String, String>();
        try (var connection = service.database();
                var statement = connection.createStatement()) {
            for (var name : List.of("server_version", "fsync", "synchronous_commit", "full_page_writes")) {
                try (var found = statement.executeQuery("show " + name)) {
                    found.next();
                    settings.put(name, found.getString(1));
                }
            }
        }
        assertThat(settings).containsEntry("fsync", "on").containsEntry("synchronous_commit", "on");
        assertThat(settings).containsEntry("full_page_writes", "on");
        return settings;
    }

    private static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    private static double load() {
        return java.lang.management.ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private static void print(String text, Object... arguments) {
        System.out.println(String.format(java.util.Locale.ROOT, text, arguments));
    }
}
