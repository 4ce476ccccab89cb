package io.expunge.audit;

import io.expunge.api.AuditApi;
import io.expunge.api.AuditCheckpoint;
import io.expunge.api.AuditConsistency;
import io.expunge.api.AuditEntry;
import io.expunge.api.AuditPage;
import io.expunge.api.AuditProof;
import io.expunge.api.AuditVerification;
import io.expunge.api.KeptCheckpoint;
import io.expunge.api.SigningKey;
import io.expunge.shared.Problem;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

@RestController
class AuditController implements AuditApi {

    private final AuditLog log;
    private final ChainVerifier verifier;
    private final SigningKeyRing ring;
    private final JsonMapper json;

    AuditController(AuditLog log, ChainVerifier verifier, SigningKeyRing ring, JsonMapper json) {
        this.log = log;
        this.verifier = verifier;
        this.ring = ring;
        this.json = json;
    }

    @Override
    public ResponseEntity<AuditPage> listAuditEntries(
            @Nullable String cursor, Integer limit, @Nullable UUID subjectId) {
        var page = log.list(subjectId, cursor, limit).map(this::present);
        return ResponseEntity.ok(new AuditPage(page.items()).next(page.next()));
    }

    @Override
    public ResponseEntity<AuditVerification> verifyAuditLog(@Nullable Long entries, @Nullable String head) {
        if (entries == null && head == null) {
            return ResponseEntity.ok(present(verifier.verify()));
        }
        if (entries == null || head == null) {
            throw Problem.invalid(entries == null ? "entries" : "head", "is required: a kept head has both");
        }
        return ResponseEntity.ok(present(verifier.verify(entries, HexFormat.of().parseHex(head))));
    }

    @Override
    public ResponseEntity<AuditVerification> verifyAgainstCheckpoint(KeptCheckpoint kept) {
        return ResponseEntity.ok(present(verifier.verify(kept.getCheckpoint())));
    }

    @Override
    public ResponseEntity<List<AuditCheckpoint>> listCheckpoints() {
        return ResponseEntity.ok(
                ring.checkpoints().stream().map(AuditController::present).toList());
    }

    @Override
    public ResponseEntity<AuditCheckpoint> publishCheckpoint() {
        return ResponseEntity.ok(present(ring.publish()));
    }

    @Override
    public ResponseEntity<AuditProof> proveAuditEntry(UUID id) {
        var proven = ring.prove(id);
        return ResponseEntity.ok(new AuditProof(
                proven.proof().index(),
                Base64.getEncoder().encodeToString(proven.entry()),
                proven.proof().text()));
    }

    @Override
    public ResponseEntity<AuditConsistency> proveConsistency(Long first, Long second) {
        return ResponseEntity.ok(new AuditConsistency(
                first,
                second,
                ring.consistency(first, second).stream()
                        .map(hash -> Base64.getEncoder().encodeToString(hash))
                        .toList()));
    }

    @Override
    public ResponseEntity<List<SigningKey>> listSigningKeys() {
        return ResponseEntity.ok(present(ring.keys()));
    }

    @Override
    public ResponseEntity<List<SigningKey>> rotateSigningKey() {
        return ResponseEntity.ok(present(ring.rotate()));
    }

    private static List<SigningKey> present(List<VerificationKey> keys) {
        return keys.stream()
                .map(key -> new SigningKey(key.id(), key.toString(), key.equals(keys.getLast())))
                .toList();
    }

    private static AuditCheckpoint present(Checkpoint checkpoint) {
        return new AuditCheckpoint(checkpoint.size(), HexFormat.of().formatHex(checkpoint.root()), checkpoint.note());
    }

    private static AuditVerification present(ChainVerifier.Finding finding) {
        return new AuditVerification(
                        finding.firstBroken() == null,
                        finding.entries(),
                        finding.checkedAt().atOffset(ZoneOffset.UTC))
                .head(HexFormat.of().formatHex(finding.head()))
                .firstBroken(finding.firstBroken())
                .reason(finding.reason());
    }

    @SuppressWarnings("unchecked")
    private AuditEntry present(StoredEntry entry) {
        var hash = entry.hash();
        return new AuditEntry(
                        entry.id(),
                        entry.at().atOffset(ZoneOffset.UTC),
                        entry.actor(),
                        entry.action(),
                        entry.subjectType(),
                        entry.subjectId(),
                        (Map<String, Object>) json.readValue(entry.details(), Map.class))
                .index(entry.index())
                .hash(hash == null ? null : HexFormat.of().formatHex(hash));
    }
}
