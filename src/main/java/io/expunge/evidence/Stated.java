package io.expunge.evidence;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a certificate states, in few words for a page.
 *
 * @param id null where the certificate has none that is one
 * @param title of its kind
 * @param subject what it is about: a version as {@code MODEL@NUMBER}, or several things
 * @param model null where it is on none
 * @param number of the version; null where it is on none, or on several
 * @param run that did it; null where none did
 * @param guarantee {@code exact} or {@code empirical}; null where the act gives none
 * @param verdict {@code PASSED}, {@code FAILED}, {@code INCONCLUSIVE} or {@code NONE}; null where nothing was to be measured
 * @param publisher who published without a passed verdict, as the audit log names them; null where nobody had to
 * @param meaning what guarantee and verdict come to
 */
public record Stated(
        @Nullable UUID id,
        String title,
        Instant issuedAt,
        String subject,
        @Nullable UUID model,
        @Nullable String number,
        @Nullable UUID run,
        List<UUID> requests,
        @Nullable String guarantee,
        @Nullable String verdict,
        @Nullable String publisher,
        String meaning) {

    static final String UNLEARNING = "Certificate of unlearning";

    static Stated of(Statement statement) {
        var predicate = statement.predicate();
        var subject = statement.subject().getFirst().name();
        return new Stated(
                id(predicate.certificateId()),
                UNLEARNING,
                predicate.issuedAt(),
                subject,
                model(subject),
                number(subject),
                id(predicate.provenance().runId()),
                requests(predicate.requests()),
                predicate.method().guarantee(),
                predicate.verification().verdict(),
                publisher(predicate.verification().waiver()),
                Meaning.of(predicate));
    }

    static Stated of(Attestation attestation) {
        var predicate = attestation.predicate();
        var facts = predicate.facts();
        var single = attestation.subject().size() == 1
                ? attestation.subject().getFirst().name()
                : null;
        return new Stated(
                id(predicate.certificateId()),
                attestation.kind().title(),
                predicate.issuedAt(),
                single == null ? attestation.subject().size() + " versions" : single,
                id(facts.get("model")),
                single == null ? null : number(single),
                id(facts.get("run")),
                requests(predicate.requests()),
                facts.get("guarantee"),
                null,
                null,
                attestation.kind().sentence(attestation.subject()));
    }

    private static List<UUID> requests(List<Statement.Request> requests) {
        return requests.stream()
                .flatMap(request -> Stream.ofNullable(id(request.id())))
                .toList();
    }

    /** Of a waiver as {@code WHO: WHAT}. */
    private static @Nullable String publisher(@Nullable String waiver) {
        int end = waiver == null ? -1 : waiver.lastIndexOf(": ");
        return waiver == null || end < 0 ? waiver : waiver.substring(0, end);
    }

    private static @Nullable UUID model(String version) {
        int at = version.indexOf('@');
        return at < 0 ? null : id(version.substring(0, at));
    }

    private static @Nullable String number(String version) {
        int at = version.indexOf('@');
        return at < 0 ? null : version.substring(at + 1);
    }

    /** Whoever wrote the file may have written anything. */
    private static @Nullable UUID id(@Nullable String text) {
        try {
            return text == null ? null : UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
