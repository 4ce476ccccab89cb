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
            insert into erasure_request
                (id, controller_id, state, regulation, external_id, submitter, submitted_at, received_at,
                 due_at, subjects, records, datasets, idempotency_key, request_fingerprint)
            select f.id, f.controller, 'RECEIVED', f.regulation, f.external_id, f.submitter, f.submitted, f.received,
                   f.due, f.subjects, f.records, f.datasets, f.key, f.fingerprint
            from unnest(?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::text[], ?::timestamptz[], ?::timestamptz[],
                        ?::timestamptz[], ?::bytea[], ?::bytea[], ?::bytea[], ?::text[], ?::bytea[])
                as f (id, controller, regulation, external_id, submitter, submitted, received,
                      due, subjects, records, datasets, key, fingerprint)
            on conflict do nothing
            returning id
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
                    statement.setArray(4, columns.of("text", Filing::externalId));
                    statement.setArray(5, columns.of("text", one -> one.actor().name()));
                    statement.setArray(6, columns.of("timestamptz", one -> Timestamp.from(one.submitted())));
                    statement.setArray(7, columns.of("timestamptz", one -> Timestamp.from(one.received())));
                    statement.setArray(8, columns.of("timestamptz", one -> Timestamp.from(one.due())));
                    statement.setArray(
                            9, columns.bytes(one -> Packed.people(one.scope().people())));
                    statement.setArray(
                            10, columns.bytes(one -> Packed.records(one.scope().records())));
                    statement.setArray(
                            11, columns.bytes(one -> Packed.ids(one.scope().datasets())));
                    statement.setArray(
                            12,
                            columns.of(
                                    "text",
                                    one -> one.key() == null ? null : one.key().value()));
                    statement.setArray(
                            13,
                            columns.bytes(
                                    one -> one.key() == null ? null : one.key().fingerprint()));
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
