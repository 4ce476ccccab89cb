package io.expunge;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.AcceptanceClient.Caller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * One ensemble of halves, ordered three times with everything erased in between: trained by two workers under
 * {@code kill -9}, by two workers left alone, and by one.
 */
final class EnsembleScenario {

    private static final Duration LONGEST_PAUSE = Duration.ofMillis(800);

    /** Makes a model that has learned, and tells its id. */
    interface Made {
        String model(Caller engineer, Path home) throws Exception;
    }

    /** @param digests of what each member said, by number */
    private record Outcome(Duration took, Map<Integer, String> digests) {}

    private final ServedCluster cluster;
    private final int members;
    private final Random random;

    private EnsembleScenario(ServedCluster cluster, int members, long seed) {
        this.cluster = cluster;
        this.members = members;
        this.random = new Random(seed);
    }

    /** Takes the cluster's last worker away; says how much faster two workers were than one. */
    static double run(ServedCluster cluster, int members, int kills, long seed, Made made) throws Exception {
        print("%d members, %d kills, seed %d", members, kills, seed);
        return new EnsembleScenario(cluster, members, seed).run(kills, made);
    }

    private double run(int kills, Made made) throws Exception {
        var engineer = cluster.admin().create("ENGINEER");
        var model = made.model(engineer, cluster.home());
        var shaken = ensemble(engineer, model, kills);
        var calm = ensemble(engineer, model, 0);
        assertThat(shaken.digests()).as("what members say after kills").isEqualTo(calm.digests());
        cluster.endWorker();
        var alone = ensemble(engineer, model, 0);
        assertThat(alone.digests()).as("what members say of one worker").isEqualTo(calm.digests());
        double speedUp = alone.took().toMillis() / (double) calm.took().toMillis();
        print(
                "%d members took two workers %.1f s (%.0f a minute) and one worker %.1f s (%.0f a minute): %.2f times as fast",
                members,
                seconds(calm.took()),
                60 * members / seconds(calm.took()),
                seconds(alone.took()),
                60 * members / seconds(alone.took()),
                speedUp);
        var chain = cluster.admin().create("AUDITOR").get("/v1/audit/verification");
        print("audit chain: %s", chain);
        assertThat(chain.get("whole").asBoolean()).isTrue();
        return speedUp;
    }

    private Outcome ensemble(Caller engineer, String model, int kills) throws Exception {
        var order = Map.of("modelId", model, "kind", "halves", "members", members, "seed", 11);
        var run = UUID.fromString(DrillModels.id(engineer.post("/v1/ensemble-runs", order, 202)));
        for (int i = 0; i < kills; i++) {
            kill(run, i + 1, i * members / (kills + 1));
        }
        var state = Patiently.until(
                "the end of run " + run,
                () -> text("select state from run where id = ?", run),
                now -> java.util.List.of("SUCCEEDED", "FAILED", "CANCELLED").contains(now));
        assertThat(state).isEqualTo("SUCCEEDED");
        assertThat(count("select failures from run where id = ?", run)).isZero();
        var shown = engineer.get("/v1/ensembles/" + run);
        print("%s", shown);
        assertThat(shown.get("present").asInt()).isEqualTo(members);
        var outcome = new Outcome(took(run), everyMemberOnce(run));
        engineer.delete("/v1/ensembles/" + run);
        assertThat(files()).as("files of an ensemble that was erased").isEmpty();
        return outcome;
    }

    /** Kills a worker with a shard in hand once so many members are there, after a random pause. */
    private void kill(UUID run, int number, int present) throws Exception {
        Patiently.until(
                present + " members",
                () -> count("select count(*) from ensemble_member where ensemble_id = ?", run),
                there -> there >= present);
        long pid = 0;
        while (pid == 0) {
            var worker = Patiently.until(
                    "a worker with a shard",
                    () -> database().sql("""
                                    select w.name from worker w join run r on r.id = w.run_id
                                    where r.id = ? and r.state = 'AWAITING_SHARDS'
                                    order by w.last_seen_at desc limit 1
                                    """).param(run).query(String.class).list(),
                    found -> !found.isEmpty());
            Thread.sleep(random.nextLong(LONGEST_PAUSE.toMillis()));
            pid = cluster.killWorker(worker.getFirst());
        }
        print(
                "kill %d of process %d with %d of %d members present",
                number, pid, count("select count(*) from ensemble_member where ensemble_id = ?", run), members);
    }

    private Map<Integer, String> everyMemberOnce(UUID run) throws Exception {
        var keys = new TreeMap<Integer, String>();
        database()
                .sql("select number, encode(key, 'hex') from ensemble_member where ensemble_id = ?")
                .param(run)
                .query(row -> {
                    keys.put(row.getInt(1), row.getString(2));
                });
        assertThat(keys.keySet())
                .containsExactlyElementsOf(IntStream.range(0, members).boxed().toList());
        assertThat(keys.values()).doesNotHaveDuplicates();
        assertThat(count("""
                        select sum((e.details::json ->> 'members')::int) from audit_entry e
                        where e.subject_id = ? and e.action = 'run.members-trained'
                        """, run)).as("members whose training the log shows").isEqualTo(members);
        var files = files();
        assertThat(files.keySet()).containsExactlyInAnyOrderElementsOf(keys.values());
        keys.replaceAll((number, key) -> files.get(key));
        return keys;
    }

    /** The digest of every file of a member, by its key. */
    private Map<String, String> files() throws Exception {
        var all = new TreeMap<String, String>();
        try (var walk = Files.walk(cluster.home().resolve("artifacts/members"))) {
            for (var file : walk.filter(Files::isRegularFile).toList()) {
                var digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                all.put(
                        file.getFileName().toString().replace(".safetensors", ""),
                        HexFormat.of().formatHex(digest));
            }
        }
        return all;
    }

    private Duration took(UUID run) {
        return Duration.between(
                at("select started_at from run where id = ?", run), at("select ended_at from run where id = ?", run));
    }

    private java.time.Instant at(String sql, UUID run) {
        return database().sql(sql).param(run).query(Timestamp.class).single().toInstant();
    }

    private String text(String sql, UUID run) throws IOException {
        return database().sql(sql).param(run).query(String.class).single();
    }

    private long count(String sql, UUID run) {
        return database().sql(sql).param(run).query(Long.class).single();
    }

    private JdbcClient database() {
        return cluster.database();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1e3;
    }

    private static void print(String text, Object... arguments) {
        System.out.println(String.format(Locale.ROOT, text, arguments));
    }
}
