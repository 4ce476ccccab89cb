package io.expunge.evidence;

import com.google.gson.JsonParseException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a certificate of another act than unlearning states: an in-toto statement without measurements. Nothing in it tells
 * whom it is about.
 *
 * @param subject what it is about, by digest
 */
record Attestation(String _type, List<Statement.Subject> subject, String predicateType, Predicate predicate) {

    /** The act. */
    enum Kind {
        DESTRUCTION("destruction", "Certificate of destruction", "It states the destruction of %1$d %3$s of a model."),
        RETRAINING(
                "retraining",
                "Certificate of retraining",
                "It states the training of %2$s anew, without whoever had asked to be forgotten."),
        NOT_KNOWN(
                "not-known",
                "Certificate that nobody was known",
                "It states that there was no record of whom the request names.");

        private static final String TYPES = "https://expunge.io/attestation/";

        private final String word;
        private final String title;
        private final String sentence;

        Kind(String word, String title, String sentence) {
            this.word = word;
            this.title = title;
            this.sentence = sentence;
        }

        static Optional<Kind> of(String predicateType) {
            return Stream.of(values())
                    .filter(kind -> kind.type().equals(predicateType))
                    .findFirst();
        }

        String type() {
            return TYPES + word + "/v1";
        }

        /** As in the list of certificates. */
        String word() {
            return word;
        }

        String title() {
            return title;
        }

        String sentence(List<Statement.Subject> subject) {
            return sentence.formatted(
                    subject.size(),
                    subject.isEmpty() ? "nothing" : subject.getFirst().name(),
                    subject.size() == 1 ? "version" : "versions");
        }

        /** What a reader must not take from it. */
        List<String> limitations() {
            return switch (this) {
                case DESTRUCTION ->
                    List.of("It covers the files that this service held. Copies, backups and models derived from them"
                            + " elsewhere are not covered.");
                case RETRAINING -> Guarantee.limitations(Guarantee.EXACT);
                case NOT_KNOWN ->
                    List.of("It covers the data sets and versions that this service held when it was issued, by the"
                            + " identifiers that the request gave. Whoever stands in the data under another name was"
                            + " not found.");
            };
        }
    }

    /** What may not be missing. */
    private static final List<String> REQUIRED = List.of(
            "/_type",
            "/subject",
            "/predicateType",
            "/predicate/certificateId",
            "/predicate/issuedAt",
            "/predicate/issuer",
            "/predicate/requests",
            "/predicate/facts",
            "/predicate/log/origin",
            "/predicate/limitations");

    /** @param facts names and values, in the order in which a person reads them */
    record Predicate(
            String certificateId,
            Instant issuedAt,
            Statement.Issuer issuer,
            List<Statement.Request> requests,
            Map<String, String> facts,
            Statement.Log log,
            List<String> limitations) {}

    /** The kind of what is in a payload; empty if it is none of these. */
    static Optional<Kind> kindOf(byte[] bytes) {
        try {
            var tree = OfflineJson.tree(new String(bytes, StandardCharsets.UTF_8));
            return tree.isJsonObject() && tree.getAsJsonObject().has("predicateType")
                    ? Kind.of(tree.getAsJsonObject().get("predicateType").getAsString())
                    : Optional.empty();
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    Kind kind() {
        return Kind.of(predicateType).orElseThrow();
    }

    byte[] bytes() {
        return OfflineJson.write(this).getBytes(StandardCharsets.UTF_8);
    }

    /** @throws IllegalArgumentException if the bytes are none */
    static Attestation parse(byte[] bytes) {
        return Statement.parse(bytes, Attestation.class, REQUIRED);
    }
}
