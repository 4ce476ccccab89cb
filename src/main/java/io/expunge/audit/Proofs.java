package io.expunge.audit;

import io.expunge.shared.Problem;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Proves single entries. */
@Service
public class Proofs {

    private final JdbcClient jdbc;
    private final TreeStore tree;
    private final Checkpoints checkpoints;

    Proofs(JdbcClient jdbc, TreeStore tree, Checkpoints checkpoints) {
        this.jdbc = jdbc;
        this.tree = tree;
        this.checkpoints = checkpoints;
    }

    /** An entry as it went into the tree, with its proof. */
    public record Proven(byte[] entry, InclusionProof proof) {}

    /** Of the newest entry about {@code subject} that says {@code action}; empty until it is sequenced. */
    @Transactional
    public Optional<Proven> of(UUID subject, String action) {
        return jdbc.sql("select " + StoredEntry.COLUMNS + """
                         from audit_entry e join audit_link l on l.entry_id = e.id
                        where e.subject_id = ? and e.action = ? order by e.id desc limit 1
                        """)
                .params(subject, action)
                .query(StoredEntry::read)
                .optional()
                .flatMap(this::proven);
    }

    /** Of one entry of {@code controller}. */
    @Transactional
    Proven of(UUID controller, UUID id) {
        var entry = jdbc.sql("select " + StoredEntry.COLUMNS + """
                         from audit_entry e left join audit_link l on l.entry_id = e.id
                        where e.id = ? and e.controller_id = ?
                        """)
                .params(id, controller)
                .query(StoredEntry::read)
                .optional()
                .orElseThrow(() -> Problem.notFound("audit entry", id));
        return proven(entry)
                .orElseThrow(() -> Problem.conflict(
                        "not-sequenced", "audit entry " + id + " is not in the tree yet; ask again in a second"));
    }

    private Optional<Proven> proven(StoredEntry entry) {
        var index = entry.index();
        if (index == null || index >= tree.size()) {
            return Optional.empty();
        }
        var checkpoint = checkpoints.latest().filter(one -> one.size() > index).or(checkpoints::publish);
        return checkpoint.map(one -> new Proven(
                Canonical.bytes(index, entry), new InclusionProof(index, tree.inclusion(index, one.size()), one)));
    }
}
