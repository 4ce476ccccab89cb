package io.expunge.audit;

import io.expunge.shared.Problem;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What people may ask of checkpoints, proofs and signing keys. */
@Service
class SigningKeyRing {

    private static final String READERS = "hasAnyRole('AUDITOR', 'PRIVACY_OFFICER', 'ADMIN')";

    private final SigningKeys keys;
    private final Checkpoints checkpoints;
    private final Proofs proofs;
    private final TreeStore tree;
    private final AuditLog log;

    SigningKeyRing(SigningKeys keys, Checkpoints checkpoints, Proofs proofs, TreeStore tree, AuditLog log) {
        this.keys = keys;
        this.checkpoints = checkpoints;
        this.proofs = proofs;
        this.tree = tree;
        this.log = log;
    }

    @PreAuthorize(READERS)
    List<Checkpoint> checkpoints() {
        return checkpoints.all();
    }

    @PreAuthorize(READERS)
    Checkpoint publish() {
        return checkpoints
                .publish()
                .orElseThrow(() -> Problem.conflict("empty-log", "nothing is in the log yet; ask again in a second"));
    }

    @PreAuthorize(READERS)
    Proofs.Proven prove(UUID id) {
        return proofs.of(Actor.current().controller(), id);
    }

    @PreAuthorize(READERS)
    @Transactional(readOnly = true)
    List<byte[]> consistency(long first, long second) {
        long size = tree.size();
        if (second > size) {
            throw Problem.invalid("second", "must be at most " + size + ", the entries in the tree");
        }
        if (first > second) {
            throw Problem.invalid("first", "must be at most second");
        }
        return tree.consistency(first, second);
    }

    /** Public, as public keys are. */
    List<VerificationKey> keys() {
        return keys.all();
    }

    @PreAuthorize("hasRole('ADMIN')")
    @Transactional
    List<VerificationKey> rotate() {
        var made = keys.rotate();
        var actor = Actor.current();
        log.append(actor, "signing-key.rotated", "controller", actor.controller(), Map.of("key", made.id()));
        return keys.all();
    }
}
