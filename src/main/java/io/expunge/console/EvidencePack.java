package io.expunge.console;

import io.expunge.api.AuditApi;
import io.expunge.api.CertificateApi;
import io.expunge.api.ClockApi;
import io.expunge.api.ErasureApi;
import io.expunge.api.ErasureTarget;
import io.expunge.api.EvidenceApi;
import io.expunge.api.NoticesApi;
import io.expunge.api.RunsApi;
import io.expunge.shared.Problem;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import tools.jackson.databind.json.JsonMapper;

/** All that proves what was done for a request, in one archive: for an auditor who has no access here. */
@Controller
class EvidencePack {

    private static final String READ_ME = """
            request.json, clock.json   what was asked, its deadlines and the decisions on them; whom it names is not here
            runs/                      each run with what was measured on it, and what it left behind
            certificates/              signed statements; verify one offline with
                                       java -jar expunge.jar verify certificates/ID.json --key keys.txt
            audit/                     entries of the log on the request and its runs, each with its proof of inclusion
            recipients.json            who else has versions that knew the person, and whether they were told
            keys.txt                   public keys; compare them with those that you were given on another way
            """;

    private final ErasureApi requests;
    private final ClockApi clocks;
    private final RunsApi runs;
    private final EvidenceApi evidence;
    private final CertificateApi certificates;
    private final AuditApi audit;
    private final NoticesApi notices;
    private final JsonMapper json;

    EvidencePack(
            ErasureApi requests,
            ClockApi clocks,
            RunsApi runs,
            EvidenceApi evidence,
            CertificateApi certificates,
            AuditApi audit,
            NoticesApi notices,
            JsonMapper json) {
        this.requests = requests;
        this.clocks = clocks;
        this.runs = runs;
        this.evidence = evidence;
        this.certificates = certificates;
        this.audit = audit;
        this.notices = notices;
        this.json = json.rebuild()
                .enable(tools.jackson.databind.SerializationFeature.INDENT_OUTPUT)
                .build();
    }

    @PreAuthorize("hasAnyRole('PRIVACY_OFFICER', 'AUDITOR')")
    @GetMapping("/console/requests/{id}/evidence-pack")
    void download(@PathVariable UUID id, HttpServletResponse response) throws IOException {
        var request = Objects.requireNonNull(requests.getErasureRequest(id).getBody());
        request.externalId(null);
        response.setContentType("application/zip");
        response.setHeader("Content-Disposition", "attachment; filename=\"evidence-" + id + ".zip\"");
        try (var zip = new ZipOutputStream(response.getOutputStream())) {
            text(zip, "README.txt", "Evidence on erasure request " + id + "\n\n" + READ_ME);
            add(zip, "request.json", request);
            add(zip, "clock.json", clocks.getRequestClock(id).getBody());
            add(zip, "recipients.json", notices.listNotices(id).getBody());
            var keys = new StringBuilder();
            Objects.requireNonNull(audit.listSigningKeys().getBody())
                    .forEach(key -> keys.append(key.getKey()).append('\n'));
            text(zip, "keys.txt", keys.toString());
            var subjects = new ArrayList<>(List.of(id));
            for (var run : request.getTargets().stream()
                    .map(ErasureTarget::getRunId)
                    .filter(Objects::nonNull)
                    .distinct()
                    .toList()) {
                subjects.add(run);
                add(zip, "runs/" + run + "/run.json", runs.getRun(run).getBody());
                add(
                        zip,
                        "runs/" + run + "/by-products.json",
                        runs.listByProducts(run).getBody());
                add(zip, "runs/" + run + "/evidence.json", evidenceOf(run));
            }
            certificates(zip, id);
            for (var subject : subjects) {
                entries(zip, subject);
            }
        }
    }

    private void certificates(ZipOutputStream zip, UUID request) throws IOException {
        for (var one : Objects.requireNonNull(
                certificates.listCertificatesOfRequest(request).getBody())) {
            var name = "certificates/" + one.getId();
            add(zip, name + ".json", certificates.getCertificate(one.getId()).getBody());
            begin(zip, name + ".pdf");
            Resource pdf = Objects.requireNonNull(
                    certificates.printCertificate(one.getId()).getBody());
            try (var in = pdf.getInputStream()) {
                in.transferTo(zip);
            }
            zip.closeEntry();
        }
    }

    private void entries(ZipOutputStream zip, UUID subject) throws IOException {
        String cursor = null;
        do {
            var page = Objects.requireNonNull(
                    audit.listAuditEntries(cursor, 500, subject).getBody());
            for (var entry : page.getItems()) {
                add(zip, "audit/" + entry.getId() + ".json", entry);
                if (entry.getIndex() != null) {
                    add(zip, "audit/" + entry.getId() + ".proof.json", proof(entry.getId()));
                }
            }
            cursor = page.getNext();
        } while (cursor != null);
    }

    /** A run that was not measured has none, and an entry of this second no proof yet. */
    private @Nullable Object evidenceOf(UUID run) {
        try {
            return evidence.getEvidence(run).getBody();
        } catch (Problem none) {
            return null;
        }
    }

    private @Nullable Object proof(UUID entry) {
        try {
            return audit.proveAuditEntry(entry).getBody();
        } catch (Problem none) {
            return null;
        }
    }

    private void add(ZipOutputStream zip, String name, @Nullable Object content) throws IOException {
        if (content == null) {
            return;
        }
        text(zip, name, content instanceof String text ? text : json.writeValueAsString(content));
    }

    private static void text(ZipOutputStream zip, String name, String text) throws IOException {
        begin(zip, name);
        ((OutputStream) zip).write(text.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }

    private static void begin(ZipOutputStream zip, String name) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
    }
}
