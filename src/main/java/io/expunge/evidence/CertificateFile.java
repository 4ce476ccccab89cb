package io.expunge.evidence;

import com.google.gson.JsonParseException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A certificate as it is handed out, with all that a verifier needs who has nothing but a public key.
 *
 * @param mediaType {@value #MEDIA_TYPE}
 * @param statement signed <a href="https://github.com/in-toto/attestation">in-toto statement</a> on the run
 * @param testResult the same outcome in in-toto's own vocabulary, for tools that do not know ours; null where nothing was
 *     measured
 * @param entry base64 of the audit log's entry on this certificate
 * @param proof that the entry is in the log
 * @param keys that signed; a verifier decides for itself whom it trusts
 */
record CertificateFile(
        String mediaType,
        Envelope statement,
        @Nullable Envelope testResult,
        String entry,
        String proof,
        List<String> keys) {

    static final String MEDIA_TYPE = "application/vnd.expunge.certificate+json";

    CertificateFile {
        keys = keys == null ? List.of() : List.copyOf(keys);
    }

    /** @throws IllegalArgumentException if the text is none */
    static CertificateFile parse(String text) {
        if (isRendering(text)) {
            throw new IllegalArgumentException(
                    "the file is a rendering for people to read; the certificate is the JSON file beside it");
        }
        try {
            var file = OfflineJson.read(text, CertificateFile.class);
            if (!MEDIA_TYPE.equals(file.mediaType())) {
                throw new IllegalArgumentException("mediaType must be " + MEDIA_TYPE);
            }
            if (Stream.of(file.statement(), file.entry(), file.proof()).anyMatch(part -> part == null)) {
                throw new IllegalArgumentException("a part of the certificate is missing");
            }
            return file;
        } catch (JsonParseException e) {
            throw new IllegalArgumentException("the file is no certificate", e);
        }
    }

    /** Whether it begins like a PDF or a page. */
    static boolean isRendering(String text) {
        var beginning = text.stripLeading().toLowerCase(Locale.ROOT);
        return Stream.of("%pdf-", "<!doctype html", "<html").anyMatch(beginning::startsWith);
    }

    String text() {
        return OfflineJson.pretty(this) + "\n";
    }
}
