package io.expunge.access;

import io.expunge.api.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Sign-in by OpenID Connect.
 *
 * @param issuer as the provider writes itself, to the last slash
 * @param clientId of this service at the provider
 * @param clientSecret its secret; without one, and without a file, the client is a public one
 * @param clientSecretFile a file that the secret stands in
 * @param name what people call the provider
 * @param scopes what is asked for, {@code openid} among it
 * @param nameClaim the claim that pages show people by
 * @param rolesClaim the claim with groups or roles; dots lead into objects
 * @param roles which values of that claim stand for which role
 * @param contact whom to ask for a role, as a sentence ends: {@code ask …}
 * @param controllerId whom those who sign in act for; the oldest controller unless given
 * @param signOutThere whether whoever signs out here is sent to the provider to sign out there
 * @param timeout for connection and answer of the provider, each
 */
record OidcSettings(
        String issuer,
        String clientId,
        @Nullable String clientSecret,
        @Nullable Path clientSecretFile,

        @DefaultValue("single sign-on") String name,

        @DefaultValue({"openid", "profile"}) List<String> scopes,

        @DefaultValue("preferred_username") String nameClaim,

        @DefaultValue("roles") String rolesClaim,

        @DefaultValue OfRole roles,

        @DefaultValue("whoever runs this service") String contact,

        @Nullable UUID controllerId,

        @DefaultValue("true") boolean signOutThere,

        @DefaultValue("5s") Duration timeout) {

    private static final String PREFIX = "expunge.access.oidc.";
    private static final Set<String> MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

    OidcSettings {
        if (issuer == null || issuer.isBlank()) {
            throw new IllegalArgumentException(PREFIX + "issuer is missing");
        }
        requireSafe(PREFIX + "issuer", issuer);
        if (clientId == null || clientId.isBlank()) {
            throw new IllegalArgumentException(PREFIX + "client-id is missing");
        }
        if (!scopes.contains("openid")) {
            throw new IllegalArgumentException(PREFIX + "scopes must hold openid");
        }
        if (clientSecret != null && clientSecretFile != null) {
            throw new IllegalArgumentException(PREFIX + "client-secret and client-secret-file exclude each other");
        }
    }

    /** Values of the claim, by role. */
    record OfRole(
            @DefaultValue Set<String> intake,
            @DefaultValue Set<String> engineer,
            @DefaultValue Set<String> privacyOfficer,
            @DefaultValue Set<String> auditor,
            @DefaultValue Set<String> admin) {

        Set<Role> of(Collection<String> values) {
            var all = EnumSet.noneOf(Role.class);
            for (var role : Role.values()) {
                var mine = switch (role) {
                    case INTAKE -> intake;
                    case ENGINEER -> engineer;
                    case PRIVACY_OFFICER -> privacyOfficer;
                    case AUDITOR -> auditor;
                    case ADMIN -> admin;
                };
                if (values.stream().anyMatch(mine::contains)) {
                    all.add(role);
                }
            }
            return all;
        }
    }

    @Nullable String secret() {
        if (clientSecretFile == null) {
            return clientSecret;
        }
        try {
            return Files.readString(clientSecretFile).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + clientSecretFile, e);
        }
    }

    /** Tokens and secrets travel over TLS, or do not leave the machine. */
    static void requireSafe(String what, @Nullable String address) {
        try {
            var uri = URI.create(address == null ? "" : address);
            var host = String.valueOf(uri.getHost());
            boolean here = "http".equals(uri.getScheme()) && MACHINE.contains(host);
            if (uri.getHost() != null && (here || "https".equals(uri.getScheme()))) {
                return;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new IllegalArgumentException(what + " must be an address with https, or of this machine");
    }
}
