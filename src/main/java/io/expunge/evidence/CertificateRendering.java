package io.expunge.evidence;

import com.openhtmltopdf.pdfboxout.PdfRendererBuilder;
import io.expunge.audit.InclusionProof;
import io.expunge.metric.Check;
import io.expunge.metric.Divergence;
import io.expunge.metric.Thresholds;
import io.expunge.metric.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.thymeleaf.TemplateEngine;
import org.thymeleaf.context.Context;
import org.thymeleaf.templatemode.TemplateMode;
import org.thymeleaf.templateresolver.ClassLoaderTemplateResolver;

/** A certificate for people to read and to print. The file beside it is what a verifier believes. */
@Component
class CertificateRendering {

    private final TemplateEngine engine;

    CertificateRendering() {
        var resolver = new ClassLoaderTemplateResolver();
        resolver.setPrefix("io/expunge/evidence/");
        resolver.setSuffix(".html");
        resolver.setTemplateMode(TemplateMode.HTML);
        resolver.setCharacterEncoding("UTF-8");
        this.engine = new TemplateEngine();
        engine.setTemplateResolver(resolver);
    }

    /** One row of the table of measurements. */
    public record Row(
            String check,
            String description,
            String before,
            String after,
            String retrained,
            String limit,
            String outcome) {}

    String html(CertificateFile file) {
        return page(file, "screen");
    }

    private String page(CertificateFile file, String medium) {
        var bytes = file.statement().bytes();
        var proof = InclusionProof.parse(file.proof());
        var context = new Context(
                Locale.ROOT,
                Map.of(
                        "medium", medium,
                        "second", ChronoUnit.SECONDS,
                        "keys", file.keys(),
                        "index", proof.index(),
                        "size", proof.checkpoint().size(),
                        "statement", CertificateVerifier.sha256(bytes)));
        return Attestation.kindOf(bytes).isPresent()
                ? attested(context, Attestation.parse(bytes))
                : unlearned(context, Statement.parse(bytes));
    }

    private String attested(Context context, Attestation attestation) {
        var kind = attestation.kind();
        context.setVariables(Map.of(
                "title", kind.title(),
                "sentence", kind.sentence(attestation.subject()),
                "subjects", attestation.subject(),
                "ofVersions", kind != Attestation.Kind.NOT_KNOWN,
                "predicate", attestation.predicate()));
        return engine.process("attestation", context);
    }

    private String unlearned(Context context, Statement statement) {
        context.setVariables(Map.of(
                "subject", statement.subject().getFirst(),
                "ofVersions", true,
                "predicate", statement.predicate(),
                "rows", rows(statement.predicate().verification())));
        context.setVariable("divergence", divergence(statement.predicate().verification()));
        return engine.process("certificate", context);
    }

    byte[] pdf(CertificateFile file) {
        var out = new ByteArrayOutputStream();
        try {
            new PdfRendererBuilder()
                    .useFastMode()
                    // the fonts that every PDF reader has know no minus sign
                    .withHtmlContent(page(file, "print").replace('\u2212', '-'), null)
                    .toStream(out)
                    .run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static List<Row> rows(Statement.Verification verification) {
        var findings = verification.findings();
        if (findings == null) {
            return List.of();
        }
        var judgements =
                Verdict.of(findings, new Thresholds(verification.thresholds())).judgements();
        var rows = new ArrayList<Row>();
        for (int i = 0; i < judgements.size(); i++) {
            var finding = findings.findings().get(i);
            rows.add(new Row(
                    finding.check(),
                    Check.of(finding.check()).description(),
                    number(finding.before()),
                    number(finding.after()),
                    number(finding.reference()),
                    number(judgements.get(i).threshold()),
                    judgements.get(i).outcome().name().toLowerCase(Locale.ROOT)));
        }
        return rows;
    }

    private static @Nullable Divergence divergence(Statement.Verification verification) {
        var findings = verification.findings();
        return findings == null ? null : findings.divergence();
    }

    private static String number(@Nullable Double value) {
        return value == null ? "" : String.format(Locale.ROOT, "%.3f", value);
    }
}
