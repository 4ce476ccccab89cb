package io.expunge.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.TestDatabase;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What the audit log bears and what it finds. Not part of {@code verify}: {@code ./mvnw test -Dtest=AuditDrill}.
 */
class AuditDrill {

    private static final int TAMPERINGS = Integer.getInteger("expunge.drill.tamperings", 1_000);
    private static final int ENTRIES = Integer.getInteger("expunge.drill.entries", 1_000_000);
    private static final int SMALL = 2_000;
    private static final int BATCH = 1_000;

    private final Random random = new Random(Long.getLong("expunge.drill.seed", 7));
    private JdbcTemplate database;
    private TransactionTemplate transaction;
    private AuditLog log;
    private ChainVerifier verifier;
    private Checkpoints checkpoints;
    private TreeStore tree;

    @BeforeEach
    void anEmptyLog(@TempDir Path directory) {
        var details = TestDatabase.create();
        var source = new SingleConnectionDataSource(
                details.getJdbcUrl(), details.getUsername(), details.getPassword(), true);
        Flyway.configure()
                .dataSource(source)
                .locations("classpath:db/migration")
                .load()
                .migrate();
        database = new JdbcTemplate(source);
        transaction = new TransactionTemplate(new JdbcTransactionManager(source));
        var jdbc = JdbcClient.create(database);
        var settings = new AuditSettings(directory, directory, Duration.ofMinutes(10));
        var keys = new SigningKeys(settings);
        tree = new TreeStore(jdbc);
        log = new AuditLog(jdbc, database, news -> {}, Clock.systemUTC());
        verifier = new ChainVerifier(database, keys, Clock.systemUTC());
        checkpoints = new Checkpoints(jdbc, tree, keys, settings, Clock.systemUTC());
    }

    @Test
    void everyTamperingBySomebodyWhoOwnsTheDatabaseIsFoundAgainstACheckpoint() {
        append(SMALL, BATCH);
        var kept = checkpoints.publish().orElseThrow();
        assertThat(transaction.<Object>execute(
                        status -> verifier.verify(kept.note()).firstBroken()))
                .isNull();
        var found = new int[Tampering.values().length];
        var tried = new int[found.length];
        for (int i = 0; i < TAMPERINGS; i++) {
            var kind = Tampering.values()[i % found.length];
            var statements = kind.statements(random);
            transaction.executeWithoutResult(status -> {
                database.execute("set local session_replication_role = replica");
                statements.forEach(database::execute);
                database.execute("set local session_replication_role = origin");
                tried[kind.ordinal()]++;
                if (verifier.verify(kept.note()).firstBroken() != null) {
                    found[kind.ordinal()]++;
                } else {
                    print("NOT found: %s", statements);
                }
                status.setRollbackOnly();
            });
        }
        for (var kind : Tampering.values()) {
            print(
                    "%-10s found %d of %d",
                    kind.name().toLowerCase(Locale.ROOT), found[kind.ordinal()], tried[kind.ordinal()]);
        }
        assertThat(found).isEqualTo(tried);
    }

    private enum Tampering {
        CHANGE {
            @Override
            List<String> statements(Random random) {
                var column =
                        List.of("actor", "action", "subject_type", "details").get(random.nextInt(4));
                int place = random.nextInt(6);
                return List.of(
                        ("update audit_entry set %1$s = overlay(%1$s placing chr(ascii(substr(%1$s, %2$d, 1)) %3$s 1)"
                                        + " from %2$d for 1) where id = (select entry_id from audit_link where index = %4$d)")
                                .formatted(column, place + 1, "#", random.nextInt(SMALL)));
            }
        },
        DELETION {
            @Override
            List<String> statements(Random random) {
                int index = random.nextInt(SMALL);
                return List.of(
                        "delete from audit_entry where id = (select entry_id from audit_link where index = " + index
                                + ")",
                        "delete from audit_link where index = " + index,
                        "update audit_link set index = -index where index > " + index,
                        "update audit_link set index = -index - 1 where index < 0");
            }
        },
        SWAP {
            @Override
            List<String> statements(Random random) {
                int one = random.nextInt(SMALL);
                int other = (one + 1 + random.nextInt(SMALL - 1)) % SMALL;
                return List.of(
                        "update audit_link set index = -1 where index = " + one,
                        "update audit_link set index = " + one + " where index = " + other,
                        "update audit_link set index = " + other + " where index = -1");
            }
        },
        INSERTION {
            @Override
            List<String> statements(Random random) {
                var id = UUID.randomUUID();
                int index = random.nextInt(SMALL);
                return List.of(
                        "update audit_link set index = -index - 1 where index >= " + index,
                        "update audit_link set index = -index where index < 0",
                        "insert into audit_entry values ('" + id + "', gen_random_uuid(), now(), 'x', 'y', 'z', '" + id
                                + "', '{}')",
                        "insert into audit_link values (" + index + ", '" + id + "', sha256('x'))");
            }
        };

        abstract List<String> statements(Random random);
    }

    @Test
    void aMillionEntriesAreAppendedVerifiedAndProven() {
        append(ENTRIES, 5_000);
        print("%d entries", ENTRIES);
        var appends = IntStream.range(0, 2_000)
                .mapToLong(i -> {
                    var nanos = new long[1];
                    transaction.executeWithoutResult(status -> {
                        long begun = System.nanoTime();
                        one(i);
                        nanos[0] = System.nanoTime() - begun;
                    });
                    return nanos[0];
                })
                .sorted()
                .toArray();
        print("append within a transaction: %s", spread(appends));
        drain();
        long begun = System.nanoTime();
        var finding = transaction.execute(status -> verifier.verify());
        double seconds = (System.nanoTime() - begun) / 1e9;
        assertThat(finding.firstBroken()).as(finding.reason()).isNull();
        print("verified %d entries in %.1f s: %.0f a second", finding.entries(), seconds, finding.entries() / seconds);
        var checkpoint = checkpoints.publish().orElseThrow();
        var proofs = IntStream.range(0, 1_000)
                .mapToLong(i -> {
                    long index = random.nextLong(checkpoint.size());
                    long before = System.nanoTime();
                    tree.inclusion(index, checkpoint.size());
                    return System.nanoTime() - before;
                })
                .sorted()
                .toArray();
        print("a proof of inclusion: %s", spread(proofs));
        var consistency = IntStream.range(0, 1_000)
                .mapToLong(i -> {
                    long first = 1 + random.nextLong(checkpoint.size());
                    long before = System.nanoTime();
                    tree.consistency(first, checkpoint.size());
                    return System.nanoTime() - before;
                })
                .sorted()
                .toArray();
        print("a proof of consistency: %s", spread(consistency));
        assertThat(appends[appends.length / 2]).isLessThan(1_000_000);
        assertThat(finding.entries() / seconds).isGreaterThan(50_000);
        assertThat(proofs[proofs.length * 99 / 100]).isLessThan(10_000_000);
    }

    private void append(int count, int batch) {
        for (int done = 0; done < count; done += batch) {
            transaction.executeWithoutResult(status -> log.appendAll(
                    IntStream.range(0, batch).mapToObj(AuditDrill::event).toList()));
            drain();
        }
    }

    private void drain() {
        while (transaction.execute(status -> log.sequence(5_000)) > 0) {
            Thread.onSpinWait();
        }
    }

    private void one(int number) {
        var event = event(number);
        log.append(event.actor(), event.action(), event.subjectType(), event.subjectId(), event.details());
    }

    private static AuditEvent event(int number) {
        return new AuditEvent(
                Actor.system(UUID.randomUUID()),
                "erasure.received",
                "erasure-request",
                UUID.randomUUID(),
                Map.of("regulation", "gdpr", "subjects", number));
    }

    private static String spread(long[] nanos) {
        return String.format(
                Locale.ROOT,
                "median %.2f ms, p99 %.2f ms, max %.2f ms",
                nanos[nanos.length / 2] / 1e6,
                nanos[nanos.length * 99 / 100] / 1e6,
                Arrays.stream(nanos).max().orElseThrow() / 1e6);
    }

    private static void print(String text, Object... arguments) {
        System.out.println(String.format(Locale.ROOT, text, arguments));
    }
}
