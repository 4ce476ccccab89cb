package io.expunge.evidence;

import io.expunge.api.CertificateApi;
import io.expunge.api.CertificatePage;
import io.expunge.api.CertificateSummary;
import io.expunge.audit.Actor;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class CertificateController implements CertificateApi {

    private final Certificates certificates;
    private final CertificateRendering rendering;
    private final Attestor attestor;

    CertificateController(Certificates certificates, CertificateRendering rendering, Attestor attestor) {
        this.certificates = certificates;
        this.attestor = attestor;
        this.rendering = rendering;
    }

    @Override
    public ResponseEntity<CertificatePage> listCertificates(@Nullable String cursor, Integer limit) {
        var page = certificates.list(cursor, limit).map(CertificateController::present);
        return ResponseEntity.ok(new CertificatePage(page.items()).next(page.next()));
    }

    @Override
    public ResponseEntity<List<CertificateSummary>> listCertificatesOfRequest(UUID id) {
        return ResponseEntity.ok(certificates.ofRequest(id).stream()
                .map(CertificateController::present)
                .toList());
    }

    @Override
    public ResponseEntity<CertificateSummary> certifyNotKnown(UUID id) {
        var made = attestor.notKnown(id);
        var summary = certificates.ofRequest(id).stream()
                .filter(one -> one.id().equals(made))
                .findFirst()
                .orElseThrow();
        return ResponseEntity.created(java.net.URI.create("/v1/certificates/" + made))
                .body(present(summary));
    }

    @Override
    public ResponseEntity<Object> getCertificate(UUID id) {
        return ResponseEntity.ok()
                .header(HttpHeaders.CONTENT_DISPOSITION, named(id, "json"))
                .body(certificates.find(id));
    }

    @Override
    public ResponseEntity<String> renderCertificate(UUID id) {
        return ResponseEntity.ok(
                rendering.html(certificates.find(id), Actor.current().zone()));
    }

    @Override
    public ResponseEntity<Resource> printCertificate(UUID id) {
        return ResponseEntity.ok()
                .header(HttpHeaders.CONTENT_DISPOSITION, named(id, "pdf"))
                .body(new ByteArrayResource(
                        rendering.pdf(certificates.find(id), Actor.current().zone())));
    }

    private static String named(UUID id, String type) {
        return ContentDisposition.attachment()
                .filename("certificate-" + id + "." + type)
                .build()
                .toString();
    }

    private static CertificateSummary present(Certificates.Issued issued) {
        return new CertificateSummary(
                        issued.id(),
                        CertificateSummary.KindEnum.fromValue(issued.kind()),
                        issued.issuedAt().atOffset(ZoneOffset.UTC),
                        CertificateSummary.GuaranteeEnum.fromValue(issued.guarantee()),
                        issued.verdict())
                .runId(issued.runId())
                .modelId(issued.modelId())
                .requestIds(issued.requests())
                .versionId(issued.versionId());
    }
}
