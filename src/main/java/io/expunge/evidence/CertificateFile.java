package io.expunge.evidence;

import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A certificate as it is handed out, with all that a verifier needs who has nothing but a public key.
 *
 * @param mediaType {@value #MEDIA_TYPE}
 * @param statement signed <a href="https://github.com/in-toto/attestation">in-toto statement</a> on the run
 * @param testResult the same outcome in in-toto's own vocabulary, for tools that do not know ours
 * @param entry base64 of the audit log's entry on this certificate
 * @param proof that the entry is in the log
 * @param keys that signed; a verifier decides for itself whom it trusts
 */
record CertificateFile(
        String mediaType, Envelope statement, Envelope testResult, String entry, String proof, List<String> keys) {

    static final String MEDIA_TYPE = "application/vnd.expunge.certificate+json";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    CertificateFile {
        keys = List.copyOf(keys);
    }

    /** @throws IllegalArgumentException if the text is none */
    static CertificateFile parse(String text) {
        try {
            var file = JSON.readValue(text, CertificateFile.class);
            if (file == null || !file.mediaType().equals(MEDIA_TYPE)) {
                throw new IllegalArgumentException("mediaType must be " + MEDIA_TYPE);
            }
            return file;
        } catch (JacksonException e) {
            throw new IllegalArgumentException("the file is no certificate: " + e.getOriginalMessage(), e);
        }
    }

    String text() {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n";
    }
}
