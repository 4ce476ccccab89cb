package io.expunge.console;

import io.expunge.api.AuditApi;
import io.expunge.api.CertificateApi;
import io.expunge.audit.VerificationKey;
import io.expunge.evidence.CertificateVerifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.multipart.MultipartFile;

/** Certificates: looked through, read, taken away, and verified by dropping a file. */
@Controller
class CertificatePages {

    private static final String PAGE = "/console/certificates";
    private static final int ROWS = 50;
    private static final Pattern STYLE = Pattern.compile("<style[^>]*>(.*?)</style>", Pattern.DOTALL);

    private final CertificateApi certificates;
    private final AuditApi audit;
    private final Show show;
    private final Clock clock;

    CertificatePages(CertificateApi certificates, AuditApi audit, Show show, Clock clock) {
        this.certificates = certificates;
        this.audit = audit;
        this.show = show;
        this.clock = clock;
    }

    @GetMapping(PAGE)
    String list(@RequestParam(required = false) @Nullable String cursor, Model model) {
        model.addAttribute("page", Answer.of(certificates.listCertificates(cursor, ROWS)));
        model.addAttribute("first", cursor == null);
        return "console/certificates";
    }

    @GetMapping(PAGE + "/{id}")
    String show(@PathVariable UUID id, Model model) {
        certificates.getCertificate(id);
        model.addAttribute("id", id);
        model.addAttribute("title", "Certificate " + show.id(id));
        return "console/certificate";
    }

    /** The certificate as people read it. Its own styles, named by their digests, are all that it may use. */
    @GetMapping(PAGE + "/{id}/paper")
    ResponseEntity<String> paper(@PathVariable UUID id) {
        var html = Answer.of(certificates.renderCertificate(id));
        var styles = STYLE.matcher(html)
                .results()
                .map(found -> "'sha256-" + digest(found.group(1)) + "'")
                .collect(Collectors.joining(" "));
        return ResponseEntity.ok()
                .contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
                .header(
                        "Content-Security-Policy",
                        "default-src 'none'; style-src " + styles
                                + "; img-src data:; frame-ancestors 'self'; base-uri 'none'")
                .body(html);
    }

    @GetMapping(PAGE + "/{id}/json")
    ResponseEntity<Object> json(@PathVariable UUID id) {
        var answer = certificates.getCertificate(id);
        return ResponseEntity.status(answer.getStatusCode())
                .headers(answer.getHeaders())
                .contentType(MediaType.APPLICATION_JSON)
                .body(Answer.of(answer));
    }

    @GetMapping(PAGE + "/{id}/pdf")
    ResponseEntity<org.springframework.core.io.Resource> pdf(@PathVariable UUID id) {
        var answer = certificates.printCertificate(id);
        return ResponseEntity.status(answer.getStatusCode())
                .headers(answer.getHeaders())
                .contentType(MediaType.APPLICATION_PDF)
                .body(Answer.of(answer));
    }

    @GetMapping(PAGE + "/verify")
    String verify() {
        return "console/verify";
    }

    /** Holds a file against the public keys that this service ever signed with; it is not kept. */
    @PostMapping(PAGE + "/verify")
    String verify(@RequestParam MultipartFile file, Model model) throws IOException {
        if (file.isEmpty()) {
            model.addAttribute("refused", "Choose the JSON file of a certificate, or drop it on the page.");
            return "console/verify";
        }
        var keys = Answer.of(audit.listSigningKeys()).stream()
                .map(key -> VerificationKey.parse(key.getKey()))
                .toList();
        List<CertificateVerifier.Check> checks;
        try {
            checks = CertificateVerifier.verify(
                    new String(file.getBytes(), StandardCharsets.UTF_8), keys, null, clock.instant());
        } catch (IllegalArgumentException e) {
            model.addAttribute("refused", "The file is not a certificate.");
            return "console/verify";
        }
        model.addAttribute("checks", checks);
        model.addAttribute("valid", checks.stream().allMatch(CertificateVerifier.Check::passed));
        return "console/verify";
    }

    private static String digest(String style) {
        try {
            return Base64.getEncoder()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
