package io.expunge.intake;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.expunge.shared.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that Sombra, Transcend's gateway, signs its webhooks with: JWTs by ES384 for our audience, with the scope
 * {@code coreIdentifier}, made not long ago.
 */
final class TranscendTokens {

    private static final String SCOPE = "coreIdentifier";
    private static final Duration SKEW = Duration.ofMinutes(1);

    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    private final Duration age;
    private final Clock clock;

    /** @throws IllegalStateException naming the setting, if a key is none */
    TranscendTokens(List<Path> keys, String audience, Duration age, Clock clock) {
        var known = keys.stream().map(TranscendTokens::key).toList();
        processor.setJWSKeySelector(
                new JWSVerificationKeySelector<>(JWSAlgorithm.ES384, new ImmutableJWKSet<>(new JWKSet(known))));
        var claims = new DefaultJWTClaimsVerifier<>(audience, null, Set.of("iat", "scope"));
        claims.setMaxClockSkew(Math.toIntExact(SKEW.toSeconds()));
        processor.setJWTClaimsSetVerifier(claims);
        this.age = age;
        this.clock = clock;
    }

    private static JWK key(Path file) {
        try {
            var pem = Files.readString(file)
                    .replace("-----BEGIN PUBLIC KEY-----", "")
                    .replace("-----END PUBLIC KEY-----", "");
            var spec = new X509EncodedKeySpec(Base64.getMimeDecoder().decode(pem));
            var key = (ECPublicKey) KeyFactory.getInstance("EC").generatePublic(spec);
            return new ECKey.Builder(Curve.P_384, key).build();
        } catch (IOException | GeneralSecurityException | IllegalArgumentException | IllegalStateException e) {
            throw new IllegalStateException(
                    "expunge.transcend.signing-keys: " + file + " is not the PEM of a public key on P-384", e);
        }
    }

    /**
     * Checks a token.
     *
     * @return the identifier that it was made for; null if it names none
     * @throws Problem 401, whatever is wrong with it
     */
    @Nullable String requireGenuine(@Nullable String token) {
        try {
            var claims = processor.process(token == null ? "" : token, null);
            requireFresh(claims);
            if (!SCOPE.equals(claims.getStringClaim("scope"))) {
                throw refused();
            }
            return claims.getStringClaim("value");
        } catch (ParseException | BadJOSEException | JOSEException | IllegalArgumentException e) {
            throw refused();
        }
    }

    private void requireFresh(JWTClaimsSet claims) {
        var made = claims.getIssueTime().toInstant();
        var now = clock.instant();
        if (made.isAfter(now.plus(SKEW)) || made.isBefore(now.minus(age).minus(SKEW))) {
            throw refused();
        }
    }

    private static Problem refused() {
        return new Problem(
                Problem.Kind.UNAUTHENTICATED, "bad-token", "x-sombra-token is not a valid token of this gateway");
    }
}
