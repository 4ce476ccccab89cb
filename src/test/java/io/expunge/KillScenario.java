package io.expunge;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.AcceptanceClient.Caller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * One unlearning run left alone, and the same run on an identical model under {@code kill -9} of the worker in charge, the
 * database's postmaster and the API in turn, while erasure requests go on being filed.
 */
final class KillScenario {

    private static final int REQUESTS = 5;
    private static final String POLICY = "drill";

    /**
     * How much is done.
     *
     * @param kills how many processes are killed
     * @param editEpochs passes of the edit, each over about 100 batches
     * @param trainEpochs passes of the training and of the run's reference
     */
    record Size(int kills, int people, int editEpochs, int trainEpochs) {}

    private enum Victim {
        WORKER,
        POSTMASTER,
        API
    }

    /** How a run stands in the database. */
    private record Seen(String state, String stage, int attempt, String worker, String failure) {

        boolean ended() {
            return List.of("SUCCEEDED", "FAILED", "CANCELLED").contains(state);
        }

        boolean done() {
            return ended() || state.equals("AWAITING_APPROVAL");
        }

        boolean running() {
            return state.equals("RUNNING") && worker != null;
        }
    }

    private record Model(String id, String dataset) {}

    /** @param digests of every candidate that a run made, in order, each once; the last one was published */
    private record Outcome(UUID run, List<String> digests, Duration took) {

        Outcome taking(Duration other) {
            return new Outcome(run, digests, other);
        }
    }

    private final ServedCluster cluster;
    private final Size size;
    private final Random random;
    private final Map<Victim, Integer> kills = new EnumMap<>(Victim.class);

    private KillScenario(ServedCluster cluster, Size size, long seed) {
        this.cluster = cluster;
        this.size = size;
        this.random = new Random(seed);
    }

    static void run(ServedCluster cluster, Size size, long seed) throws Exception {
        print("seed %d, %s", seed, size);
        new KillScenario(cluster, size, seed).run();
    }

    private void run() throws Exception {
        var admin = cluster.admin();
        var engineer = admin.create("ENGINEER");
        var intake = admin.create("INTAKE");
        var auditor = admin.create("AUDITOR");
        var officer = admin.create("PRIVACY_OFFICER");
        officer.put("/v1/policies/" + POLICY, DrillModels.policy(POLICY, size.editEpochs()));
        var models = models(engineer);

        forget(intake, models.getFirst());
        var first = ordered(engineer, models.getFirst());
        var alone = candidate(first);
        approve(first, officer);
        var calm = ended(first).taking(alone);
        print("left alone: digests %s after %s", calm.digests(), seconds(calm.took()));

        forget(intake, models.getLast());
        var run = ordered(engineer, models.getLast());
        Duration took;
        var client = new CarefulClient(intake);
        try (client) {
            killAll(run, calm.took());
            Patiently.until("the API", cluster::ready, ready -> ready);
            took = candidate(run);
            killPublishing(run, officer);
        }
        var shaken = ended(run).taking(took);
        report(shaken, calm, client);
        assertThat(kills.values().stream().mapToInt(Integer::intValue).sum())
                .as("kills before the run had ended")
                .isEqualTo(size.kills());
        assertThat(count("select failures from run where id = ?", run))
                .as("failures that kills counted as")
                .isZero();
        everyRequestIsThereOnce(client);
        publishedOnce(run, models.getLast());
        assertThat(shaken.digests()).as("digests under kills").isEqualTo(calm.digests());
        var chain = auditor.get("/v1/audit/verification");
        print("audit chain: %s", chain);
        assertThat(chain.get("whole").asBoolean()).isTrue();
    }

    private List<Model> models(Caller engineer) throws Exception {
        var made = new DrillModels(engineer, cluster.home(), size.people());
        var models = new ArrayList<Model>();
        var trainings = new ArrayList<UUID>();
        for (int i = 0; i < 2; i++) {
            var model = new Model(made.model(POLICY), made.dataset());
            models.add(model);
            trainings.add(UUID.fromString(made.train(model.id(), model.dataset(), size.trainEpochs(), 3)));
        }
        var digests = new ArrayList<String>();
        for (var training : trainings) {
            digests.addAll(ended(training).digests());
        }
        print("two models are trained alike: %s", digests);
        assertThat(digests.getFirst()).as("two trainings alike").isEqualTo(digests.getLast());
        return models;
    }

    private static void forget(Caller intake, Model model) {
        for (int i = 0; i < REQUESTS; i++) {
            intake.post(
                    "/v1/erasure-requests",
                    Map.of(
                            "regulation",
                            "gdpr",
                            "submittedAt",
                            Instant.now().toString(),
                            "subjects",
                            people(i),
                            "datasetIds",
                            List.of(model.dataset())),
                    202);
        }
    }

    /** So many that hardly ever all of them are among the fifth that a training holds out, whom no model must forget. */
    private static List<String> people(int request) {
        return IntStream.range(0, 8)
                .mapToObj(i -> DrillModels.person(REQUESTS * i + request))
                .toList();
    }

    /** One run for all requests that wait for the model, once a worker has it. */
    private UUID ordered(Caller engineer, Model model) throws InterruptedException {
        var waiting = "select count(*) from erasure_target where model_id = ? and state = 'WAITING'";
        Patiently.until(
                "the requests' resolution",
                () -> count(waiting, UUID.fromString(model.id())),
                found -> found == REQUESTS);
        var run = UUID.fromString(DrillModels.id(
                engineer.post("/v1/unlearning-runs", Map.of("modelId", model.id(), "policy", POLICY), 202)));
        assertThat(count("select count(*) from erasure_target where run_id = ?", run))
                .as("requests of one run")
                .isEqualTo(REQUESTS);
        Patiently.until("a worker", () -> seen(run), Seen::running);
        return run;
    }

    /** How long the run took to its candidate. */
    private Duration candidate(UUID run) throws InterruptedException {
        var seen = Patiently.until("a candidate of run " + run, () -> seen(run), Seen::done);
        assertThat(seen.state()).as(seen.toString()).isEqualTo("AWAITING_APPROVAL");
        return Duration.between(
                at("select started_at from run where id = ?", run),
                at("select measured_at from evaluation where run_id = ?", run));
    }

    private static void approve(UUID run, Caller officer) {
        officer.post("/v1/runs/" + run + "/approve", Map.of("reason", "drill"), 202);
    }

    /**
     * Kills all workers, the database and the API as soon as an approval is stored; it is given again if its answer was lost.
     */
    private void killPublishing(UUID run, Caller officer) throws Exception {
        approvePatiently(run, officer);
        var begun = Instant.now();
        for (var victim : Victim.values()) {
            var seen = Patiently.ask(() -> seen(run));
            Thread.sleep(random.nextLong(60));
            long pid = switch (victim) {
                case WORKER -> cluster.killWorkers();
                case POSTMASTER -> cluster.killDatabase();
                case API -> cluster.killApi();
            };
            print("kill after the approval, %s: %s %d, %s", since(begun), victim, pid, seen);
        }
    }

    private void approvePatiently(UUID run, Caller officer) {
        try {
            while (Patiently.ask(() -> seen(run)).state().equals("AWAITING_APPROVAL")) {
                try {
                    approve(run, officer);
                } catch (AssertionError | UncheckedIOException e) {
                    Thread.sleep(100); // whether it counted is in the database
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Outcome ended(UUID run) throws InterruptedException {
        var seen = Patiently.until("the end of run " + run, () -> seen(run), Seen::ended);
        assertThat(seen.state()).as(seen.toString()).isEqualTo("SUCCEEDED");
        var digests = Patiently.ask(() -> database()
                .sql("select encode(digest, 'hex') from version where run_id = ? order by number")
                .param(run)
                .query(String.class)
                .list());
        return new Outcome(
                run,
                digests.stream()
                        .map(digest -> digest.substring(0, 16))
                        .distinct()
                        .toList(),
                Duration.between(
                        at("select started_at from run where id = ?", run),
                        at("select ended_at from run where id = ?", run)));
    }

    private Instant at(String sql, UUID run) {
        return database().sql(sql).param(run).query(Timestamp.class).single().toInstant();
    }

    /** Kills at random moments; the pauses between them add up to less than half of the time that a run takes alone. */
    private void killAll(UUID run, Duration alone) throws Exception {
        var begun = Instant.now();
        for (int i = 0; i < size.kills(); i++) {
            Thread.sleep(random.nextLong(Math.max(1, alone.toMillis() / size.kills() / 2)));
            var victim = Victim.values()[i % Victim.values().length];
            var line = killed(run, victim, i + 1, begun);
            if (line == null) {
                return;
            }
            kills.merge(victim, 1, Integer::sum);
            var at = Instant.now();
            back(run, victim);
            print("%s%s", line, victim == Victim.API ? "" : ", back after " + since(at));
        }
    }

    /** A line on the kill; null where the run has ended before it. */
    private String killed(UUID run, Victim victim, int number, Instant begun) throws InterruptedException {
        while (true) {
            var seen = Patiently.ask(() -> seen(run));
            if (seen.done()) {
                return null;
            }
            var progress = Patiently.ask(() -> progress(run));
            try {
                long pid = switch (victim) {
                    case WORKER -> seen.running() ? cluster.killWorker(seen.worker()) : 0;
                    case POSTMASTER -> cluster.killDatabase();
                    case API -> cluster.ready() ? cluster.killApi() : 0;
                };
                if (pid != 0) {
                    return String.format(
                            Locale.ROOT,
                            "kill %2d after %7s: %-10s %6d, attempt %d, %s %s",
                            number,
                            since(begun),
                            victim,
                            pid,
                            seen.attempt(),
                            seen.stage(),
                            progress);
                }
            } catch (IOException e) {
                // the database is about to start
            }
            Thread.sleep(50);
        }
    }

    private void back(UUID run, Victim victim) throws InterruptedException {
        switch (victim) {
            case WORKER -> {
                var before = Patiently.ask(() -> seen(run));
                Patiently.until(
                        "another worker",
                        () -> seen(run),
                        now -> now.done() || now.running() && now.attempt() > before.attempt());
            }
            case POSTMASTER -> Patiently.until("the database", cluster::databaseAnswers, answers -> answers);
            case API -> {} // others are killed while it starts
        }
    }

    private void report(Outcome shaken, Outcome calm, CarefulClient client) throws InterruptedException {
        print(
                "under kills %s: digests %s after %s in %d attempts, %d failures counted",
                kills,
                shaken.digests(),
                seconds(shaken.took()),
                seen(shaken.run()).attempt(),
                count("select failures from run where id = ?", shaken.run()));
        print("digests equal: %s", shaken.digests().equals(calm.digests()));
        print(
                "requests acknowledged meanwhile %d; set back %s",
                client.acknowledged().size(), client.setbacks());
    }

    private void everyRequestIsThereOnce(CarefulClient client) throws InterruptedException {
        var stored = database()
                .sql("select id::text from erasure_request where submitted_at = ?::timestamptz")
                .param(CarefulClient.SUBMITTED)
                .query(String.class)
                .list();
        var expected = client.acknowledged().values();
        print(
                "acknowledged %d, lost %d, stored %d",
                expected.size(),
                expected.stream().filter(one -> !stored.contains(one)).count(),
                stored.size());
        assertThat(stored).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(client.setbacks()).as("answers").containsOnlyKeys("no answer", "503");
        Patiently.until(
                "every request's resolution",
                () -> count("select count(*) from erasure_request where state = 'RECEIVED'"),
                waiting -> waiting == 0);
    }

    private void publishedOnce(UUID run, Model model) {
        var id = UUID.fromString(model.id());
        long versions = count("select count(*) from version where run_id = ? and state = 'PUBLISHED'", run);
        long entries = count(
                "select count(*) from audit_entry where action = 'version.published'"
                        + " and subject_id in (select id from version where run_id = ?)",
                run);
        print(
                "versions published by the run %d, entries of it in the audit log %d, of %d candidates",
                versions, entries, count("select count(*) from version where run_id = ?", run));
        assertThat(versions).isEqualTo(1);
        assertThat(entries).isEqualTo(1);
        assertThat(count(
                        "select count(*) from version where model_id = ? and origin = 'UNLEARNED'"
                                + " and state = 'PUBLISHED'",
                        id))
                .isEqualTo(1);
        assertThat(count("select count(*) from run where model_id = ? and kind = 'UNLEARNING'", id))
                .isEqualTo(1);
        assertThat(count(
                        "select count(*) from erasure_request r join erasure_target t on t.request_id = r.id"
                                + " where t.run_id = ? and r.state = 'COMPLETED'",
                        run))
                .isEqualTo(REQUESTS);
    }

    private Seen seen(UUID run) {
        return database()
                .sql("select state, stage, attempt, worker, failure from run where id = ?")
                .param(run)
                .query((row, i) ->
                        new Seen(row.getString(1), row.getString(2), row.getInt(3), row.getString(4), row.getString(5)))
                .single();
    }

    private String progress(UUID run) {
        return database()
                .sql("select stage || ' (' || done || ' of ' || total || ')' from run_progress where run_id = ?")
                .param(run)
                .query(String.class)
                .optional()
                .orElse("starting");
    }

    private long count(String sql, Object... parameters) {
        return database().sql(sql).params(parameters).query(Long.class).single();
    }

    private JdbcClient database() {
        return cluster.database();
    }

    private static String since(Instant begun) {
        return seconds(Duration.between(begun, Instant.now()));
    }

    private static String seconds(Duration took) {
        return String.format(Locale.ROOT, "%.1f s", took.toMillis() / 1e3);
    }

    private static void print(String text, Object... arguments) {
        System.out.println(String.format(Locale.ROOT, text, arguments));
    }
}
