package io.expunge.evidence;

import io.expunge.audit.SigningKeys;
import io.expunge.audit.VerificationKey;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * A signed payload: <a href="https://github.com/secure-systems-lab/dsse">DSSE</a> 1.0.
 *
 * @param payload base64
 */
record Envelope(String payload, String payloadType, List<Signature> signatures) {

    static final String IN_TOTO = "application/vnd.in-toto+json";

    /**
     * @param keyid a hint that nothing vouches for
     * @param sig base64
     */
    record Signature(String keyid, String sig) {

        Signature {
            if (sig == null) {
                throw new IllegalArgumentException("a signature has sig");
            }
        }
    }

    Envelope {
        if (payload == null || payloadType == null || signatures == null) {
            throw new IllegalArgumentException("an envelope has payload, payloadType and signatures");
        }
        signatures = List.copyOf(signatures);
    }

    static Envelope sign(byte[] payload, SigningKeys keys) {
        var signed = keys.sign(encoding(IN_TOTO, payload));
        return new Envelope(
                Base64.getEncoder().encodeToString(payload),
                IN_TOTO,
                List.of(new Signature(signed.key().id(), Base64.getEncoder().encodeToString(signed.signature()))));
    }

    /** @throws IllegalArgumentException if it is no base64 */
    byte[] bytes() {
        return decode(payload);
    }

    /** Whether one of the signatures is one of these keys'. */
    boolean signedByOneOf(List<VerificationKey> keys) {
        var message = encoding(payloadType, bytes());
        return signatures.stream()
                .map(signature -> decode(signature.sig()))
                .anyMatch(signature -> keys.stream().anyMatch(key -> key.verifies(message, signature)));
    }

    /** What is signed: the pre-authentication encoding. */
    private static byte[] encoding(String type, byte[] payload) {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(
                ("DSSEv1 " + type.getBytes(StandardCharsets.UTF_8).length + " " + type + " " + payload.length + " ")
                        .getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(payload);
        return bytes.toByteArray();
    }

    private static byte[] decode(String base64) {
        return Base64.getDecoder().decode(base64.replace('-', '+').replace('_', '/'));
    }
}
