package io.expunge.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expunge.TestDatabase;
import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.catalog.Pseudonym;
import io.expunge.catalog.Pseudonyms;
import io.expunge.keys.Envelope;
import io.expunge.keys.Wrapped;
import io.expunge.shared.IdempotencyKey;
import io.expunge.shared.Ids;
import io.expunge.shared.Problem;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class GroupCommitIT {

    private static final Actor ACTOR = new Actor(UUID.randomUUID(), ZoneOffset.UTC, "key:test", Set.of("INTAKE"));

    private static JdbcTemplate database;
    private static FilingTable table;

    private GroupCommit group;

    @BeforeAll
    static void aDatabase() {
        var details = TestDatabase.create();
        var source = new DriverManagerDataSource(details.getJdbcUrl(), details.getUsername(), details.getPassword());
        Flyway.configure()
                .dataSource(source)
                .locations("classpath:db/migration")
                .load()
                .migrate();
        database = new JdbcTemplate(source);
        table = new FilingTable(
                database,
                new AuditLog(JdbcClient.create(database), database, news -> {}, Clock.systemUTC()),
                new TransactionTemplate(new JdbcTransactionManager(source)));
    }

    @BeforeEach
    void open() {
        database.execute("truncate erasure_request, request_payload, request_key cascade");
        group = new GroupCommit(table);
    }

    @AfterEach
    void close() throws InterruptedException {
        group.destroy();
    }

    @Test
    void whatManyFileAtOnceIsStoredWithAnAuditEntryEachInFewTransactions() throws Exception {
        var filings = IntStream.range(0, 500).mapToObj(i -> filing(null)).toList();
        assertThat(storeAll(filings)).containsOnly(true);
        assertThat(database.queryForList(
                        "select id from erasure_request join request_payload on id = request_id"
                                + " join request_key using (request_id)",
                        UUID.class))
                .containsExactlyInAnyOrderElementsOf(
                        filings.stream().map(Filing::id).toList());
        assertThat(entries(filings)).isEqualTo(500);
        int transactions = count("select count(distinct xmin::text) from erasure_request");
        assertThat(transactions).isBetween(2, 400); // the first goes alone, and no more than 256 go together
    }

    @Test
    void everyColumnIsReadBackAsItWasFiled() {
        var filing = filing("key-1");
        assertThat(group.store(filing)).isTrue();
        var row = database.queryForMap("select * from erasure_request");
        assertThat(row)
                .containsEntry("id", filing.id())
                .containsEntry("controller_id", ACTOR.controller())
                .containsEntry("state", "RECEIVED")
                .containsEntry("regulation", "GDPR")
                .containsEntry("people", 1)
                .containsEntry("pseudonym_key", "under this key")
                .containsEntry("submitter", "key:test")
                .containsEntry("idempotency_key", filing.key().value());
        assertThat(database.queryForObject("select due_at from erasure_request", java.time.OffsetDateTime.class))
                .isEqualTo(filing.due().atOffset(ZoneOffset.UTC));
        assertThat((byte[]) row.get("subjects"))
                .isEqualTo(Packed.people(filing.scope().named().names()));
        assertThat((byte[]) row.get("records")).isEmpty();
        var key = database.queryForMap("select * from request_key natural join request_payload");
        assertThat(key)
                .containsEntry("request_id", filing.id())
                .containsEntry("key_id", "over this key")
                .containsEntry("wrapped", new byte[] {1})
                .containsEntry("ciphertext", new byte[] {2, 3});
    }

    @Test
    void ofManyWithOneKeyOneIsStored() throws Exception {
        var filings = IntStream.range(0, 50).mapToObj(i -> filing("key-2")).toList();
        assertThat(storeAll(filings).stream().filter(stored -> stored)).hasSize(1);
        assertThat(count("select count(*) from erasure_request")).isEqualTo(1);
        assertThat(entries(filings)).isEqualTo(1);
    }

    @Test
    void oneThatTheDatabaseRefusesTakesNoOtherWithIt() throws Exception {
        var filings = new ArrayList<>(
                IntStream.range(0, 50).mapToObj(i -> filing(null)).toList());
        filings.add(20, filing("a character that PostgreSQL does not store: \0", null));
        var answers = start(filings);
        assertThatThrownBy(() -> answers.get(20).get()).hasCauseInstanceOf(DataAccessException.class);
        answers.remove(20);
        for (var answer : answers) {
            assertThat(answer.get()).isTrue();
        }
        assertThat(count("select count(*) from erasure_request")).isEqualTo(50);
    }

    @Test
    void afterTheEndNobodyWaitsForAnAnswer() throws Exception {
        group.destroy();
        assertThatThrownBy(() -> group.store(filing(null)))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.kind()).isEqualTo(Problem.Kind.UNAVAILABLE));
    }

    private static Filing filing(@Nullable String key) {
        return filing("under this key", IdempotencyKey.of(key, "the same"));
    }

    private static Filing filing(String pseudonymKey, @Nullable IdempotencyKey key) {
        var now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        var person = Pseudonym.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
        var before = Pseudonym.of(new byte[] {16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1});
        return new Filing(
                Ids.next(),
                ACTOR,
                Regulation.GDPR,
                now,
                now,
                now.plusSeconds(60),
                Optional.empty(),
                new Intake.Scope(
                        new Pseudonyms.Named(List.of(person), List.of(person, before), pseudonymKey),
                        List.of(),
                        List.of()),
                key,
                new Envelope.Sealed(new Wrapped("over this key", new byte[] {1}), new byte[] {2, 3}));
    }

    private List<Boolean> storeAll(List<Filing> filings) throws Exception {
        var stored = new ArrayList<Boolean>();
        for (var answer : start(filings)) {
            stored.add(answer.get());
        }
        return stored;
    }

    private List<Future<Boolean>> start(List<Filing> filings) throws InterruptedException {
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            return new ArrayList<>(callers.invokeAll(filings.stream()
                    .<Callable<Boolean>>map(filing -> () -> group.store(filing))
                    .toList()));
        }
    }

    private static int entries(List<Filing> filings) {
        var ids = filings.stream().map(Filing::id).toArray(UUID[]::new);
        return JdbcClient.create(database)
                .sql("select count(*) from audit_entry e join audit_pending p on p.entry_id = e.id"
                        + " where e.action = 'erasure.received' and e.subject_id = any (?)")
                .param(ids)
                .query(Integer.class)
                .single();
    }

    private static int count(String sql) {
        return database.queryForObject(sql, Integer.class);
    }
}
