package io.expunge.audit;

import io.expunge.shared.Problem;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

/** Walks the log from its beginning and computes every hash of chain and tree anew. */
@Service
class ChainVerifier {

    private static final int FETCH = 5_000;

    private final JdbcTemplate template;
    private final SigningKeys keys;
    private final Clock clock;

    ChainVerifier(JdbcTemplate template, SigningKeys keys, Clock clock) {
        this.template = new JdbcTemplate(java.util.Objects.requireNonNull(template.getDataSource()));
        this.template.setFetchSize(FETCH);
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * What the walk found.
     *
     * @param entries links that were walked
     * @param firstBroken index of the first link that is wrong; null when all are right
     */
    record Finding(
            long entries,
            byte[] head,
            @Nullable Long firstBroken,
            @Nullable String reason,
            Instant checkedAt) {}

    /**
     * What an earlier walk found and somebody kept outside the database; it shows a log that was cut at its end.
     *
     * @param entries how many links there were
     * @param head hash of the last of them, or the root of their tree
     * @param ofTree whether it is the root
     */
    private record Kept(long entries, byte[] head, boolean ofTree) {}

    /** Against itself alone. */
    @PreAuthorize("hasAnyRole('AUDITOR', 'PRIVACY_OFFICER', 'ADMIN')")
    @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
    Finding verify() {
        return walk(null);
    }

    /** Against the head that an earlier walk found. */
    @PreAuthorize("hasAnyRole('AUDITOR', 'PRIVACY_OFFICER', 'ADMIN')")
    @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
    Finding verify(long entries, byte[] head) {
        return walk(new Kept(entries, head, false));
    }

    /**
     * Against a checkpoint that was taken out earlier.
     *
     * @throws Problem naming {@code checkpoint} if the text is none, or if none of this log's keys signed it
     */
    @PreAuthorize("hasAnyRole('AUDITOR', 'PRIVACY_OFFICER', 'ADMIN')")
    @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
    Finding verify(String note) {
        var checkpoint = parsed(note);
        if (!checkpoint.origin().equals(keys.origin()) || keys.all().stream().noneMatch(checkpoint::signedBy)) {
            throw Problem.invalid("checkpoint", "is signed by none of this log's keys");
        }
        return walk(new Kept(checkpoint.size(), checkpoint.root(), true));
    }

    private static Checkpoint parsed(String note) {
        try {
            return Checkpoint.parse(note);
        } catch (IllegalArgumentException e) {
            throw Problem.invalid("checkpoint", "is none: " + e.getMessage());
        }
    }

    private Finding walk(@Nullable Kept kept) {
        var walk = new Walk(kept);
        template.query(
                "select " + StoredEntry.COLUMNS
                        + " from audit_link l left join audit_entry e on e.id = l.entry_id order by l.index",
                row -> {
                    walk.step(
                            row.getObject(1) == null ? null : StoredEntry.read(row, 0),
                            row.getLong(9),
                            row.getBytes(10));
                });
        if (walk.reason == null) {
            unchained(walk);
        }
        if (walk.reason == null) {
            nodes(walk);
        }
        if (walk.reason == null && kept != null && walk.count < kept.entries()) {
            walk.fail(walk.count, "link " + walk.count + " is missing, which the kept head stands on");
        }
        return new Finding(walk.count, walk.hash, walk.broken, walk.reason, clock.instant());
    }

    /** An entry that is neither chained nor waiting lost its link. */
    private void unchained(Walk walk) {
        Long lost = template.queryForObject("""
                select count(*) from audit_entry e
                where not exists (select from audit_link l where l.entry_id = e.id)
                  and not exists (select from audit_pending p where p.entry_id = e.id)
                """, Long.class);
        if (lost != null && lost > 0) {
            walk.fail(walk.count, lost + " entries stand outside the chain");
        }
    }

    /** Stored nodes that are not those of the entries would give proofs of what is not there. */
    private void nodes(Walk walk) {
        var stored = new LevelDigests();
        template.query("select level, index, hash from audit_node order by level, index", row -> {
            stored.add(row.getInt(1), row.getLong(2), row.getBytes(3));
        });
        int wrong = walk.levels.firstDifference(stored);
        if (wrong >= 0) {
            walk.fail(walk.count, "the stored nodes of level " + wrong + " are not those of the entries");
        }
    }

    private static final class Walk {

        private final @Nullable Kept kept;
        private final GrowingTree tree = new GrowingTree();
        private final LevelDigests levels = new LevelDigests();
        private long count;
        private byte[] hash = Canonical.GENESIS;
        private @Nullable Long broken;
        private @Nullable String reason;

        Walk(@Nullable Kept kept) {
            this.kept = kept;
        }

        void step(@Nullable StoredEntry entry, long index, byte[] stored) {
            if (reason != null) {
                return;
            }
            if (index != count) {
                fail(count, "link " + count + " is missing");
            } else if (entry == null) {
                fail(index, "the entry of this link is missing");
            } else {
                var bytes = Canonical.bytes(index, entry);
                hash = Canonical.hash(hash, bytes);
                tree.append(Merkle.leaf(bytes)).forEach(levels::add);
                count++;
                if (!MessageDigest.isEqual(hash, stored)) {
                    fail(index, "the entry or its link was changed");
                } else if (kept != null && count == kept.entries() && !MessageDigest.isEqual(head(kept), kept.head())) {
                    fail(index, "the log up to here is another than that of the kept head");
                }
            }
        }

        private byte[] head(Kept asked) {
            return asked.ofTree() ? tree.root() : hash;
        }

        void fail(long index, String why) {
            broken = index;
            reason = why;
        }
    }
}
