package io.expunge.access;

import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenDecoderFactory;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenValidator;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/**
 * The identity provider, asked for its own description (OpenID Connect Discovery 1.0) when somebody signs in and not before,
 * so that this service starts without it. What was learned is used for an hour, and longer while it does not answer.
 */
class OidcProvider {

    static final String REGISTRATION = "oidc";

    private static final Logger log = LoggerFactory.getLogger(OidcProvider.class);
    private static final Duration TRUSTED = Duration.ofHours(1);
    private static final ParameterizedTypeReference<Map<String, Object>> JSON = new ParameterizedTypeReference<>() {};

    /** By key pairs only: with a shared secret whoever holds it signs tokens, and without a signature everybody does. */
    private static final Set<SignatureAlgorithm> ALGORITHMS = Set.of(SignatureAlgorithm.values());

    private final OidcSettings settings;
    private final Clock clock;
    private volatile @Nullable Described known;

    OidcProvider(OidcSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * What is known of the provider.
     *
     * @param signOut where one signs out there; null where it offers none
     */
    record Described(
            ClientRegistration client,
            JwtDecoder tokens,
            @Nullable String signOut,
            Instant until) {}

    /** The provider did not answer, or with something that is no description of it. */
    static class Away extends RuntimeException {
        Away(String why, @Nullable Throwable cause) {
            super(why, cause);
        }
    }

    OidcSettings settings() {
        return settings;
    }

    /** @throws Away if it does not answer and never did */
    Described described() {
        var described = known;
        if (described != null && clock.instant().isBefore(described.until())) {
            return described;
        }
        synchronized (this) {
            try {
                known = described = discover();
                return described;
            } catch (RuntimeException e) {
                log.warn("the identity provider {} cannot be used: {}", settings.issuer(), e.toString());
                if (described == null) {
                    throw new Away("the identity provider does not answer", e);
                }
                return described;
            }
        }
    }

    /** What it was last known to be, without asking it; null before. */
    @Nullable Described lastKnown() {
        return known;
    }

    private Described discover() {
        var address = settings.issuer().replaceFirst("/$", "") + "/.well-known/openid-configuration";
        var metadata = Objects.requireNonNull(RestClient.builder()
                .requestFactory(requests())
                .build()
                .get()
                .uri(address)
                .retrieve()
                .body(JSON));
        if (!settings.issuer().equals(metadata.get("issuer"))) {
            throw new Away("it calls itself another issuer than expunge.access.oidc.issuer", null);
        }
        var secret = settings.secret();
        var builder = ClientRegistrations.fromOidcConfiguration(metadata)
                .registrationId(REGISTRATION)
                .clientName(settings.name())
                .clientId(settings.clientId())
                .clientSecret(secret)
                .scope(settings.scopes())
                .userNameAttributeName("sub")
                .redirectUri("{baseUrl}" + OidcSignIn.CALLBACK);
        if (secret == null) {
            builder.clientAuthenticationMethod(ClientAuthenticationMethod.NONE);
        }
        var client = builder.build();
        var provider = client.getProviderDetails();
        OidcSettings.requireSafe("authorization_endpoint", provider.getAuthorizationUri());
        OidcSettings.requireSafe("token_endpoint", provider.getTokenUri());
        OidcSettings.requireSafe("jwks_uri", provider.getJwkSetUri());
        var signOut = metadata.get("end_session_endpoint") instanceof String text ? text : null;
        if (signOut != null) {
            OidcSettings.requireSafe("end_session_endpoint", signOut);
        }
        return new Described(client, decoder(client), signOut, clock.instant().plus(TRUSTED));
    }

    /** Checks signature, issuer, audience and time of identity tokens (OpenID Connect Core 1.0, section 3.1.3.7). */
    private JwtDecoder decoder(ClientRegistration client) {
        var decoder = NimbusJwtDecoder.withJwkSetUri(
                        Objects.requireNonNull(client.getProviderDetails().getJwkSetUri()))
                .jwsAlgorithms(all -> all.addAll(ALGORITHMS))
                .restOperations(new RestTemplate(requests()))
                .build();
        decoder.setJwtValidator(
                new DelegatingOAuth2TokenValidator<>(new JwtTimestampValidator(), new OidcIdTokenValidator(client)));
        decoder.setClaimSetConverter(OidcIdTokenDecoderFactory.createDefaultClaimTypeConverter());
        return decoder;
    }

    /** Follows no redirect and waits no longer than the settings say. */
    ClientHttpRequestFactory requests() {
        var requests = new JdkClientHttpRequestFactory(HttpClient.newBuilder()
                .connectTimeout(settings.timeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build());
        requests.setReadTimeout(settings.timeout());
        return requests;
    }

    /** The values of a claim, which may be one text or many, at the end of a path of objects. */
    static List<String> values(Map<String, Object> claims, String path) {
        var found = claims.get(path);
        int dot = path.indexOf('.');
        if (found == null && dot > 0 && claims.get(path.substring(0, dot)) instanceof Map<?, ?> inner) {
            return values(
                    inner.entrySet().stream()
                            .filter(entry -> entry.getValue() != null)
                            .collect(Collectors.toMap(entry -> String.valueOf(entry.getKey()), Map.Entry::getValue)),
                    path.substring(dot + 1));
        }
        var all = new ArrayList<String>();
        if (found instanceof Collection<?> many) {
            many.forEach(one -> all.add(String.valueOf(one)));
        } else if (found instanceof String one) {
            all.add(one);
        }
        return all;
    }
}
