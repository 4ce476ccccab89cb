package io.expunge.intake;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Transcend's gateway, as far as it signs: by the JDK, which is not what verifies it. */
public final class Sombra {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final KeyPair pair;

    public Sombra() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp384r1"));
            pair = generator.generateKeyPair();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Its public key. */
    public String pem() {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    /** A token for a webhook about this identifier. */
    public String token(String identifier) throws Exception {
        return signed(
                "ES384",
                Map.of(
                        "aud",
                        "example",
                        "scope",
                        "coreIdentifier",
                        "value",
                        identifier,
                        "iat",
                        Instant.now().getEpochSecond()));
    }

    String signed(String algorithm, Map<String, ?> claims) throws Exception {
        var text = part(Map.of("alg", algorithm, "typ", "JWT")) + "." + part(claims);
        var signer = Signature.getInstance("SHA384withECDSAinP1363Format");
        signer.initSign(pair.getPrivate());
        signer.update(text.getBytes(UTF_8));
        return text + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signer.sign());
    }

    static String part(Map<String, ?> content) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(JSON.writeValueAsBytes(content));
    }
}
