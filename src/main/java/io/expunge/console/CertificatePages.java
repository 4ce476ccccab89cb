package io.expunge.console;

import io.expunge.access.Users;
import io.expunge.api.AuditApi;
import io.expunge.api.CertificateApi;
import io.expunge.api.Evidence;
import io.expunge.api.EvidenceApi;
import io.expunge.audit.Actor;
import io.expunge.audit.VerificationKey;
import io.expunge.evidence.CertificateVerifier;
import io.expunge.evidence.CertificateVerifier.Report;
import io.expunge.evidence.Stated;
import io.expunge.shared.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
import tools.jackson.databind.json.JsonMapper;

/** Certificates: looked through, read, taken away, and verified by dropping a file. */
@Controller
class CertificatePages {

    private static final String PAGE = "/console/certificates";
    private static final int ROWS = 50;
    private static final Pattern STYLE = Pattern.compile("<style[^>]*>(.*?)</style>", Pattern.DOTALL);

    private final CertificateApi certificates;
    private final EvidenceApi evidence;
    private final AuditApi audit;
    private final ModelNames names;
    private final Users users;
    private final Show show;
    private final JsonMapper json;
    private final Clock clock;

    CertificatePages(
            CertificateApi certificates,
            EvidenceApi evidence,
            AuditApi audit,
            ModelNames names,
            Users users,
            Show show,
            JsonMapper json,
            Clock clock) {
        this.certificates = certificates;
        this.evidence = evidence;
        this.audit = audit;
        this.names = names;
        this.users = users;
        this.show = show;
        this.json = json;
        this.clock = clock;
    }

    @GetMapping(PAGE)
    String list(@RequestParam(required = false) @Nullable String cursor, Model model) {
        model.addAttribute("page", Answer.of(certificates.listCertificates(cursor, ROWS)));
        model.addAttribute("first", cursor == null);
        model.addAttribute("models", names.all());
        return "console/certificates";
    }

    @GetMapping(PAGE + "/{id}")
    String show(@PathVariable UUID id, Model model) {
        fill(report(id), model);
        model.addAttribute("id", id);
        model.addAttribute("title", "Certificate " + show.id(id));
        return "console/certificate";
    }

    /** The certificate as it is kept here, held against the keys as one that is dropped is. */
    @GetMapping(PAGE + "/{id}/verification")
    String verification(@PathVariable UUID id, Model model) {
        fill(report(id), model);
        model.addAttribute("kept", id);
        return "console/verify";
    }

    private Report report(UUID id) {
        return report(json.writeValueAsString(Answer.of(certificates.getCertificate(id))));
    }

    private Report report(String text) {
        var keys = Answer.of(audit.listSigningKeys()).stream()
                .map(key -> VerificationKey.parse(key.getKey()))
                .toList();
        return CertificateVerifier.verifyOwn(text, keys, clock.instant());
    }

    private void fill(Report report, Model model) {
        var stated = report.stated();
        model.addAttribute("report", report);
        if (stated == null) {
            return;
        }
        boolean reader = Stream.of("ENGINEER", "PRIVACY_OFFICER", "AUDITOR").anyMatch(Actor.current()::has);
        var models = names.all();
        boolean own = stated.model() != null && models.containsKey(stated.model());
        model.addAttribute("stated", stated);
        model.addAttribute("models", models);
        model.addAttribute("own", own || (reader && isHere(stated.id())));
        model.addAttribute("reader", reader);
        var decision = own && reader ? decision(stated) : null;
        model.addAttribute("decision", decision);
        model.addAttribute(
                "who",
                reader
                        ? users.names(Stream.of(stated.publisher(), decision == null ? null : decision.getDecidedBy())
                                .filter(Objects::nonNull)
                                .toList())
                        : Map.of());
    }

    /** Whether one that was dropped is of this service, and of the caller's controller. */
    private boolean isHere(@Nullable UUID id) {
        try {
            return id != null && certificates.getCertificate(id).hasBody();
        } catch (Problem elsewhere) {
            return false;
        }
    }

    /** The evidence that somebody decided on; null where nobody did. */
    private @Nullable Evidence decision(Stated stated) {
        if (stated.verdict() == null || stated.run() == null) {
            return null;
        }
        try {
            var found = Answer.of(evidence.getEvidence(stated.run()));
            return found.getDecidedBy() == null ? null : found;
        } catch (Problem none) {
            return null;
        }
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
            return refused(model, "Choose the JSON file of a certificate, or drop it on the page.");
        }
        var text = new String(file.getBytes(), StandardCharsets.UTF_8);
        if (CertificateVerifier.isRendering(text)) {
            return refused(
                    model,
                    "This file is the rendering for people to read, and nothing in it is signed. Choose the JSON file of"
                            + " the certificate, which the same page offers for download.");
        }
        try {
            fill(report(text), model);
        } catch (IllegalArgumentException e) {
            return refused(model, "The file is not a certificate. Choose the JSON file of one.");
        }
        model.addAttribute("file", file.getOriginalFilename());
        return "console/verify";
    }

    private static String refused(Model model, String sentence) {
        model.addAttribute("refused", sentence);
        return "console/verify";
    }

    /** The public keys, one a line, as {@code verify --key} reads them. */
    @GetMapping(PAGE + "/keys")
    ResponseEntity<String> keys() {
        var lines = Answer.of(audit.listSigningKeys()).stream()
                .map(key -> key.getKey() + "\n")
                .collect(Collectors.joining());
        return ResponseEntity.ok()
                .contentType(MediaType.TEXT_PLAIN)
                .header("Content-Disposition", "attachment; filename=\"keys.txt\"")
                .body(lines);
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
