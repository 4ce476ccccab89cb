package io.expunge.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expunge.TestDatabase;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What somebody who owns the database can do to the log, and what the verifier says of it. */
class ChainVerifierIT {

    private static final int ENTRIES = 10;

    private static JdbcTemplate database;
    private static TransactionTemplate transaction;
    private static AuditLog log;
    private static ChainVerifier verifier;
    private static TreeStore tree;
    private static Checkpoints checkpoints;

    @BeforeAll
    static void aChainOfTen(@TempDir Path keys) {
        var details = TestDatabase.create();
        var source = new DriverManagerDataSource(details.getJdbcUrl(), details.getUsername(), details.getPassword());
        Flyway.configure()
                .dataSource(source)
                .locations("classpath:db/migration")
                .load()
                .migrate();
        database = new JdbcTemplate(source);
        transaction = new TransactionTemplate(new JdbcTransactionManager(source));
        var jdbc = JdbcClient.create(database);
        var settings = new AuditSettings(keys, keys.resolve("checkpoints"), Duration.ofMinutes(10));
        var signing = new SigningKeys(settings);
        tree = new TreeStore(jdbc);
        log = new AuditLog(jdbc, database, news -> {}, Clock.systemUTC());
        verifier = new ChainVerifier(database, signing, Clock.systemUTC());
        checkpoints = new Checkpoints(jdbc, tree, signing, settings, Clock.systemUTC());
        append(ENTRIES);
        assertThat(verifier.verify().firstBroken()).isNull();
        assertThat(verifier.verify().entries()).isEqualTo(ENTRIES);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            update audit_entry set details = '{"count":99}' where id = (select entry_id from audit_link where index = 3)   | 3
            update audit_entry set actor = 'key:somebody-else' where id = (select entry_id from audit_link where index = 0) | 0
            update audit_entry set at = at + interval '1 microsecond' where id = (select entry_id from audit_link where index = 9) | 9
            update audit_entry set controller_id = gen_random_uuid() where id = (select entry_id from audit_link where index = 5) | 5
            delete from audit_entry where id = (select entry_id from audit_link where index = 4)                           | 4
            delete from audit_link where index = 6                                                                         | 6
            delete from audit_link where index = 9                                                                         | 9
            update audit_link set hash = sha256('forged') where index = 2                                                  | 2
            """)
    void tellsTheFirstEntryThatWasTamperedWith(String tampering, long first) {
        undone(() -> {
            asOwner(tampering);
            assertThat(verifier.verify().firstBroken()).isEqualTo(first);
        });
    }

    @Test
    void tellsThatEntriesChangedPlaces() {
        undone(() -> {
            asOwner("""
                create temporary table swap on commit drop as select * from audit_link where index in (2, 7);
                delete from audit_link where index in (2, 7);
                insert into audit_link select 9 - index, entry_id, hash from swap
                """);
            assertThat(verifier.verify().firstBroken()).isEqualTo(2);
        });
    }

    @Test
    void tellsThatAnEntryWasTakenOutAndTheRestMovedUp() {
        undone(() -> {
            asOwner("""
                delete from audit_entry where id = (select entry_id from audit_link where index = 4);
                delete from audit_link where index = 4;
                update audit_link set index = index - 1 where index > 4
                """);
            assertThat(verifier.verify().firstBroken()).isEqualTo(4);
        });
    }

    @Test
    void aTailThatWasCutOffWithItsEntriesShowsAgainstAHeadThatWasKept() {
        undone(() -> {
            var kept = verifier.verify();
            asOwner("""
                delete from audit_entry where id in (select entry_id from audit_link where index >= 7);
                delete from audit_link where index >= 7;
                delete from audit_node where ((index + 1) << level) > 7
                """);
            assertThat(verifier.verify(kept.entries(), kept.head()).firstBroken())
                    .isEqualTo(7);
            append(5);
            assertThat(verifier.verify(kept.entries(), kept.head()).firstBroken())
                    .isEqualTo(ENTRIES - 1);
        });
    }

    /** Whoever owns the database can make a chain and a tree that fit each other; not what stands elsewhere. */
    @Test
    void aLogThatWasWrittenAnewFromSomePlaceOnShowsAgainstACheckpoint() {
        undone(() -> {
            var kept = checkpoints.publish().orElseThrow();
            assertThat(verifier.verify(kept.note()).firstBroken()).isNull();
            asOwner("""
                delete from audit_link where index >= 7;
                insert into audit_pending select e.id from audit_entry e
                    where not exists (select from audit_link l where l.entry_id = e.id);
                update audit_entry set details = '{"count":99}' where id in (select entry_id from audit_pending);
                delete from audit_node where ((index + 1) << level) > 7;
                delete from audit_checkpoint
                """);
            log.sequence(100);
            assertThat(verifier.verify().firstBroken()).isNull();
            assertThat(verifier.verify(kept.note()).firstBroken()).isEqualTo(ENTRIES - 1);
            var forged = checkpoints.publish().orElseThrow();
            assertThat(forged.size()).isEqualTo(kept.size());
            append(3);
            var later = checkpoints.publish().orElseThrow();
            assertThat(Merkle.consistent(
                            kept.size(),
                            kept.root(),
                            later.size(),
                            later.root(),
                            tree.consistency(kept.size(), later.size())))
                    .isFalse();
            assertThat(Merkle.consistent(
                            forged.size(),
                            forged.root(),
                            later.size(),
                            later.root(),
                            tree.consistency(forged.size(), later.size())))
                    .isTrue();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update audit_node set hash = sha256('forged') where level = 1 and index = 2",
                "delete from audit_node where level = 0 and index = 4",
                "insert into audit_node values (5, 0, sha256('forged'))",
            })
    void storedNodesThatAreNotThoseOfTheEntriesAreFound(String tampering) {
        undone(() -> {
            asOwner(tampering);
            assertThat(verifier.verify().reason()).contains("stored nodes of level");
        });
    }

    @Test
    void everyEntryIsProvenByTheNewestCheckpoint() {
        undone(() -> {
            append(3);
            var checkpoint = checkpoints.publish().orElseThrow();
            var entries = database.query(
                    "select " + StoredEntry.COLUMNS + " from audit_entry e join audit_link l on l.entry_id = e.id",
                    StoredEntry::read);
            assertThat(entries).hasSize(ENTRIES + 3).allSatisfy(entry -> {
                long index = java.util.Objects.requireNonNull(entry.index());
                var proof = new InclusionProof(index, tree.inclusion(index, checkpoint.size()), checkpoint);
                var bytes = Canonical.bytes(index, entry);
                assertThat(proof.shows(bytes)).isTrue();
                assertThat(InclusionProof.parse(proof.text()).shows(bytes)).isTrue();
                bytes[bytes.length - 2] ^= 1;
                assertThat(proof.shows(bytes)).isFalse();
            });
        });
    }

    @Test
    void aHeadThatWasKeptHoldsWhileTheChainGrows() {
        undone(() -> {
            var kept = verifier.verify();
            append(5);
            var later = verifier.verify(kept.entries(), kept.head());
            assertThat(later.firstBroken()).as(later.reason()).isNull();
            assertThat(later.entries()).isEqualTo(ENTRIES + 5);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update audit_entry set actor = 'x'",
                "delete from audit_entry",
                "truncate audit_entry cascade",
                "update audit_link set hash = ''",
                "update audit_node set hash = ''",
                "delete from audit_checkpoint",
                "delete from audit_link",
                "truncate audit_link",
                "update audit_entry set actor = 'x' where false",
            })
    void theDatabaseRefusesToChangeTheLog(String statement) {
        assertThatThrownBy(() -> database.execute(statement)).hasMessageContaining("append-only");
        assertThat(verifier.verify().firstBroken()).isNull();
    }

    /** Everything in one transaction that is rolled back, so that each test begins with the same chain. */
    private static void undone(Runnable test) {
        transaction.executeWithoutResult(status -> {
            test.run();
            status.setRollbackOnly();
        });
    }

    private static void append(int count) {
        for (int i = 0; i < count; i++) {
            int number = i;
            transaction.executeWithoutResult(ignored -> log.append(
                    Actor.system(UUID.randomUUID()),
                    "thing.done",
                    "thing",
                    UUID.randomUUID(),
                    Map.of("count", number)));
        }
        transaction.executeWithoutResult(
                ignored -> assertThat(log.sequence(100)).isEqualTo(count));
    }

    /** Around triggers and foreign keys, as only a superuser can. */
    private static void asOwner(String statements) {
        List.of("set session_replication_role = replica", statements, "set session_replication_role = origin")
                .forEach(database::execute);
    }
}
