package io.expunge.erasure;

import io.expunge.audit.AuditLog;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Stores requests with their audit entries. */
@Component
class FilingTable {

    private static final String INSERT = """
            with f as (
                select * from unnest(
                        ?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::timestamptz[], ?::timestamptz[],
                        ?::timestamptz[], ?::bytea[], ?::integer[], ?::text[], ?::bytea[], ?::bytea[], ?::text[],
                        ?::bytea[], ?::bytea[], ?::text[], ?::bytea[], ?::timestamptz[])
                    as f (id, controller, regulation, submitter, submitted, received,
                          due, subjects, people, pseudonym_key, records, datasets, key,
                          fingerprint, ciphertext, key_id, wrapped, acknowledge)
            ), filed as (
                insert into erasure_request
                    (id, controller_id, state, regulation, submitter, submitted_at, received_at, due_at,
                     subjects, people, pseudonym_key, records, datasets, idempotency_key, request_fingerprint,
                     acknowledge_by)
                select id, controller, 'RECEIVED', regulation, submitter, submitted, received, due,
                       subjects, people, pseudonym_key, records, datasets, key, fingerprint,
                       acknowledge
                from f
                on conflict do nothing
                returning id
            ), payload as (
                insert into request_payload (request_id, ciphertext)
                select id, ciphertext from f join filed using (id)
            ), data_key as (
                insert into request_key (request_id, key_id, wrapped)
                select id, key_id, wrapped from f join filed using (id)
            )
            select id from filed
            """;

    private final JdbcTemplate jdbc;
    private final AuditLog audit;
    private final TransactionTemplate transaction;

    FilingTable(JdbcTemplate jdbc, AuditLog audit, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.transaction = transaction;
    }

    /**
     * Stores all of them in one transaction, durable when this returns.
     *
     * @return ids of those that were stored; the others' keys were there first
     */
    Set<UUID> insert(List<Filing> filings) {
        return Objects.requireNonNull(transaction.execute(ignored -> inTransaction(filings)));
    }

    private Set<UUID> inTransaction(List<Filing> filings) {
        var stored = new HashSet<>(jdbc.query(
                connection -> {
                    var statement = connection.prepareStatement(INSERT);
                    var columns = new Columns(connection, filings);
                    statement.setArray(1, columns.of("uuid", Filing::id));
                    statement.setArray(2, columns.of("uuid", one -> one.actor().controller()));
                    statement.setArray(
                            3, columns.of("text", one -> one.regulation().name()));
                    statement.setArray(4, columns.of("text", one -> one.actor().name()));
                    statement.setArray(5, columns.of("timestamptz", one -> Timestamp.from(one.submitted())));
                    statement.setArray(6, columns.of("timestamptz", one -> Timestamp.from(one.received())));
                    statement.setArray(7, columns.of("timestamptz", one -> Timestamp.from(one.due())));
                    statement.setArray(
                            8,
                            columns.bytes(
                                    one -> Packed.people(one.scope().named().names())));
                    statement.setArray(
                            9, columns.of("integer", one -> one.scope().people().size()));
                    statement.setArray(
                            10, columns.of("text", one -> one.scope().named().keyId()));
                    statement.setArray(
                            11, columns.bytes(one -> Packed.records(one.scope().records())));
                    statement.setArray(
                            12, columns.bytes(one -> Packed.ids(one.scope().datasets())));
                    statement.setArray(
                            13,
                            columns.of(
                                    "text",
                                    one -> one.key() == null ? null : one.key().value()));
                    statement.setArray(
                            14,
                            columns.bytes(
                                    one -> one.key() == null ? null : one.key().fingerprint()));
                    statement.setArray(15, columns.bytes(one -> one.payload().ciphertext()));
                    statement.setArray(
                            16, columns.of("text", one -> one.payload().key().keyId()));
                    statement.setArray(
                            17, columns.bytes(one -> one.payload().key().bytes()));
                    statement.setArray(
                            18,
                            columns.of(
                                    "timestamptz",
                                    one -> one.acknowledgeBy()
                                            .map(Timestamp::from)
                                            .orElse(null)));
                    return statement;
                },
                (row, i) -> row.getObject(1, UUID.class)));
        audit.appendAll(filings.stream()
                .filter(filing -> stored.contains(filing.id()))
                .map(Filing::event)
                .toList());
        return stored;
    }

    private record Columns(Connection connection, List<Filing> filings) {

        Array of(String type, Function<Filing, @Nullable Object> column) throws SQLException {
            return connection.createArrayOf(type, filings.stream().map(column).toArray());
        }

        Array bytes(Function<Filing, byte @Nullable []> column) throws SQLException {
            return connection.createArrayOf(
                    "bytea", filings.stream().map(column).toArray(byte[][]::new));
        }
    }
}
