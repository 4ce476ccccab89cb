package io.expunge.evidence;

import com.openhtmltopdf.pdfboxout.PdfRendererBuilder;
import io.expunge.audit.InclusionProof;
import io.expunge.metric.Check;
import io.expunge.metric.Divergence;
import io.expunge.metric.Thresholds;
import io.expunge.metric.Verdict;
import io.expunge.shared.Dates;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.thymeleaf.TemplateEngine;
import org.thymeleaf.context.Context;
import org.thymeleaf.templatemode.TemplateMode;
import org.thymeleaf.templateresolver.ClassLoaderTemplateResolver;

/** A certificate for people to read and to print. The file beside it is what a verifier believes. */
@Component
class CertificateRendering {

    private static final Pattern ISO_TIME = Pattern.compile("\\d{4}-\\d{2}-\\d{2}T[\\d:.]+Z");

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
            String difference,
            String interval,
            String allowed,
            String outcome) {}

    /** Says times in the controller's zone. */
    public record Calendar(ZoneId zone) {

        public String at(Instant time) {
            return Dates.at(time, zone);
        }

        public String lastDay(Instant due) {
            return Dates.lastDay(due, zone);
        }
    }

    /** @param zone of the controller, in which days are counted */
    String html(CertificateFile file, ZoneId zone) {
        return page(file, zone, "screen");
    }

    private String page(CertificateFile file, ZoneId zone, String medium) {
        var bytes = file.statement().bytes();
        var proof = InclusionProof.parse(file.proof());
        var calendar = new Calendar(zone);
        var context = new Context(
                Locale.ROOT,
                Map.of(
                        "medium", medium,
                        "calendar", calendar,
                        "keys", file.keys(),
                        "index", proof.index(),
                        "size", proof.checkpoint().size(),
                        "statement", CertificateVerifier.sha256(bytes)));
        return Attestation.kindOf(bytes).isPresent()
                ? attested(context, Attestation.parse(bytes), calendar)
                : unlearned(context, Statement.parse(bytes));
    }

    private String attested(Context context, Attestation attestation, Calendar calendar) {
        var kind = attestation.kind();
        context.setVariables(Map.of(
                "title", kind.title(),
                "facts", facts(attestation.predicate().facts(), calendar),
                "sentence", kind.sentence(attestation.subject()),
                "subjects", attestation.subject(),
                "ofVersions", kind != Attestation.Kind.NOT_KNOWN,
                "predicate", attestation.predicate()));
        return engine.process("attestation", context);
    }

    /** Times among them as people read them. */
    private static Map<String, String> facts(Map<String, String> facts, Calendar calendar) {
        var all = new LinkedHashMap<String, String>();
        facts.forEach((name, value) ->
                all.put(name, ISO_TIME.matcher(value).matches() ? calendar.at(Instant.parse(value)) : value));
        return all;
    }

    private String unlearned(Context context, Statement statement) {
        var predicate = statement.predicate();
        context.setVariables(Map.of(
                "title", Stated.UNLEARNING,
                "subject", statement.subject().getFirst(),
                "ofVersions", true,
                "exact", predicate.method().guarantee().equals(Guarantee.EXACT),
                "meaning", Meaning.of(predicate),
                "predicate", predicate,
                "rows", rows(predicate.verification())));
        context.setVariable("divergence", divergence(statement.predicate().verification()));
        return engine.process("certificate", context);
    }

    byte[] pdf(CertificateFile file, ZoneId zone) {
        var out = new ByteArrayOutputStream();
        try {
            new PdfRendererBuilder()
                    .useFastMode()
                    // the fonts that every PDF reader has know no minus sign
                    .withHtmlContent(page(file, zone, "print").replace('\u2212', '-'), null)
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
            var check = Check.of(finding.check());
            rows.add(new Row(
                    finding.check(),
                    check.description(),
                    number(finding.before()),
                    number(finding.after()),
                    number(finding.reference()),
                    number(finding.difference()),
                    number(finding.low()) + " to " + number(finding.high()),
                    allowed(check.allowed(judgements.get(i).threshold())),
                    judgements.get(i).outcome().name().toLowerCase(Locale.ROOT)));
        }
        return rows;
    }

    private static String allowed(Check.Allowed allowed) {
        if (allowed.least() == null) {
            return "up to " + number(allowed.most());
        }
        return allowed.most() == null ? "from " + number(allowed.least()) : "± " + number(allowed.most());
    }

    private static @Nullable Divergence divergence(Statement.Verification verification) {
        var findings = verification.findings();
        return findings == null ? null : findings.divergence();
    }

    private static String number(@Nullable Double value) {
        return value == null ? "" : String.format(Locale.ROOT, "%.3f", value);
    }
}
