package io.expunge.audit;

import io.expunge.api.AuditApi;
import io.expunge.api.AuditEntry;
import io.expunge.api.AuditPage;
import io.expunge.api.AuditVerification;
import io.expunge.shared.Problem;
import java.time.ZoneOffset;
import java.util.HexFormat;
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
    private final JsonMapper json;

    AuditController(AuditLog log, ChainVerifier verifier, JsonMapper json) {
        this.log = log;
        this.verifier = verifier;
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
        var finding = verifier.verify(kept(entries, head));
        return ResponseEntity.ok(new AuditVerification(
                        finding.firstBroken() == null,
                        finding.entries(),
                        finding.checkedAt().atOffset(ZoneOffset.UTC))
                .head(HexFormat.of().formatHex(finding.head()))
                .firstBroken(finding.firstBroken())
                .reason(finding.reason()));
    }

    private static ChainVerifier.@Nullable Kept kept(@Nullable Long entries, @Nullable String head) {
        if (entries == null && head == null) {
            return null;
        }
        if (entries == null || head == null) {
            throw Problem.invalid(entries == null ? "entries" : "head", "is required: a kept head has both");
        }
        return new ChainVerifier.Kept(entries, HexFormat.of().parseHex(head));
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
